// The OpenAPI document tells of every endpoint of the API what it does, who may call it, and the shape that its replies really have.
using System.Text.Json.Nodes;
using Majlis.Server.Access;
using Majlis.tests.Support;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Xunit;

namespace Majlis.tests.Server.Reference;

public sealed class ApiDocumentTests(ChatServer shared) : IClassFixture<ChatServer>
{
    static readonly string[] api = ["/v1", "/v2", "/rerank", "/tokenize", "/detokenize", "/tokenizer_info"];

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_endpoint_of_the_API_is_described_with_its_roles()
    {
        var paths = (await DocumentAsync())["paths"]!.AsObject();
        var described = paths.SelectMany(path =>
            path.Value!.AsObject().Select(operation => (Name(operation.Key, path.Key), operation.Value!))).ToDictionary();
        foreach (var endpoint in shared.Running.Part<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => api.Any(start => endpoint.RoutePattern.RawText!.StartsWith(start, StringComparison.Ordinal))))
        {
            var method = endpoint.Metadata.GetRequiredMetadata<IHttpMethodMetadata>().HttpMethods.Single();
            var operation = described[Name(method, endpoint.RoutePattern.RawText!)];
            Assert.False(string.IsNullOrEmpty((string?)operation["summary"]), endpoint.RoutePattern.RawText);
            Assert.NotNull(operation["responses"]!["default"]);
            var roles = endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>().SelectMany(needed => needed.Roles!.Split(',')).ToList();
            Assert.Equal(roles.Intersect(Roles.All), operation["x-roles"]?.AsArray().Select(role => (string)role!) ?? []);
            Assert.Equal(roles.Count > 0, operation["security"] is JsonArray { Count: > 0 });
        }
    }

    [Theory]
    [InlineData("/v1/chat/completions", """{"model":"current","messages":[{"role":"user","content":"hello"}],"temperature":0}""")]
    [InlineData("/v1/completions", """{"model":"current","prompt":"hello","temperature":0}""")]
    [InlineData("/tokenize", """{"prompt":"hello"}""")]
    [InlineData("/detokenize", """{"tokens":[65]}""")]
    [InlineData("/tokenizer_info", null)]
    [InlineData("/v1/models", null)]
    public async Task A_reply_has_the_shape_that_is_described(string path, string? body)
    {
        var document = await DocumentAsync();
        var operation = document["paths"]![path]![body is null ? "get" : "post"]!;
        var schema = operation["responses"]!["200"]!["content"]!["application/json"]!["schema"]!;
        using var reply = body is null ? await shared.Running.Http.GetAsync(new Uri(path, UriKind.Relative), Stop)
            : await shared.Running.PostAsync(path, body);
        Assert.Empty(new ApiSchemas(document).Faults(schema, await RunningServer.JsonAsync(reply), "$"));
    }

    // A document has no word for a parameter that takes several parts of a path.
    static string Name(string method, string path) =>
        $"{method.ToUpperInvariant()} {path.Replace("**", "", StringComparison.Ordinal)}";

    async Task<JsonObject> DocumentAsync() =>
        await RunningServer.JsonAsync(await shared.Running.Http.GetAsync(new Uri("/openapi.json", UriKind.Relative), Stop));
}
