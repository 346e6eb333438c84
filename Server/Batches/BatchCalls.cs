// Sends a line of a batch to the endpoint that answers the same request over HTTP, inside this process and with the rights of the key that
// began the batch. What runs is the endpoint's own code; only connections, limits and the log of requests are left out.
using System.Collections.Immutable;
using System.Security.Claims;
using System.Text.Json;
using System.Text.Json.Nodes;
using Majlis.Server.Access;
using Majlis.Server.Operations;
using Majlis.Server.Wire;
using Microsoft.AspNetCore.Http.Features;

namespace Majlis.Server.Batches;

/// <param name="Body">As the endpoint wrote it.</param>
sealed record BatchAnswer(int Status, string RequestId, JsonNode? Body)
{
    /// <summary>The server is busy, or on its way down or up: the same line may succeed later.</summary>
    public bool IsForLater => Status is 429 or 503;
}

sealed class BatchCalls(IServiceProvider services, EndpointDataSource endpoints, Failures failures, IdSource ids, TimeProvider time)
{
    /// <summary>Later in the engine's queue than what any client of this server asks for by itself.</summary>
    const int LeastPriority = 1_000_000;

    static readonly string[] known = ["/v1/chat/completions", "/v1/completions", "/v1/embeddings", "/v1/responses"];

    /// <summary>The paths that a batch can call.</summary>
    public ImmutableArray<string> Paths => [.. known.Where(path => Find(path) is not null)];

    public async Task<BatchAnswer> SendAsync(string path, string owner, JsonObject body, CancellationToken stop)
    {
        var answered = new Answered();
        await using var scope = services.CreateAsyncScope();
        var http = Request(path, owner, body, answered, scope.ServiceProvider, stop);
        var reply = new MemoryStream();
        http.Response.Body = reply;
        try
        {
            await Find(path)!.RequestDelegate!(http);
            return new(http.Response.StatusCode, http.Response.Headers["x-request-id"].ToString(), Json(reply.ToArray()));
        }
        catch (Exception failure) when (!stop.IsCancellationRequested)
        {
            var error = failures.Explain(failure);
            return new(error.Status, http.Response.Headers["x-request-id"].ToString(), Json(error.ToBytes()));
        }
        finally
        {
            await answered.CompleteAsync();
        }
    }

    DefaultHttpContext Request(string path, string owner, JsonObject body, Answered answered, IServiceProvider scope,
        CancellationToken stop)
    {
        var own = body.DeepClone().AsObject();
        // A client's own order within its batch stays; what is no priority is the endpoint's to refuse.
        if (own["priority"] is null) own["priority"] = LeastPriority;
        else if (own["priority"] is JsonValue value && value.TryGetValue<int>(out var wished) && wished >= 0)
            own["priority"] = LeastPriority + Math.Min(wished, LeastPriority);
        var features = new FeatureCollection();
        features.Set<IHttpRequestFeature>(new HttpRequestFeature());
        features.Set<IHttpResponseFeature>(answered);
        features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(Stream.Null));
        features.Set(new RequestRecord(time.GetTimestamp()));
        var http = new DefaultHttpContext(features) { RequestServices = scope, RequestAborted = stop, User = User(owner) };
        (http.Request.Method, http.Request.Path, http.Request.ContentType) = (HttpMethods.Post, path, "application/json");
        http.Request.Body = new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(own, WireJson.Wire.JsonObject));
        http.Response.Headers["x-request-id"] = ids.Next("req_");
        http.SetEndpoint(Find(path));
        return http;
    }

    static ClaimsPrincipal User(string owner) =>
        Caller.Of("batch", owner, [Roles.Inference], (Caller.Key, owner == Caller.Anonymous ? null : owner));

    RouteEndpoint? Find(string path) => endpoints.Endpoints.OfType<RouteEndpoint>().FirstOrDefault(endpoint =>
        endpoint.RoutePattern.RawText == path
        && endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Contains(HttpMethods.Post) == true);

    static JsonNode? Json(byte[] bytes) => bytes.Length == 0 ? null : JsonNode.Parse(bytes);

    /// <summary>What is to be done once the reply is there, which Kestrel does for requests that it reads.</summary>
    sealed class Answered : HttpResponseFeature
    {
        readonly Stack<(Func<object, Task> Act, object State)> last = [];

        public override void OnCompleted(Func<object, Task> callback, object state) => last.Push((callback, state));

        public async Task CompleteAsync()
        {
            while (last.TryPop(out var next)) await next.Act(next.State);
        }
    }
}
