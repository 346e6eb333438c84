// Requests that are well formed and cannot be served: prompts beyond the context, unknown names, no weights.
using System.Net;
using System.Text.Json.Nodes;
using Xunit;

namespace Majlis.tests.Server;

public sealed class UnservedRequestTests(ChatServer shared) : IClassFixture<ChatServer>
{
    readonly RunningServer server = shared.Running;

    [Fact]
    public async Task A_prompt_longer_than_the_context_is_never_cut()
    {
        var http = await server.ChatAsync(new()
        {
            ["messages"] = new JsonArray(new JsonObject
            {
                ["role"] = "user",
                ["content"] = new string('x', 3000)
            })
        });
        var error = await RunningServer.ErrorAsync(http);
        Assert.Equal((HttpStatusCode.BadRequest, "context_length_exceeded", "messages"),
            (http.StatusCode, (string?)error["code"], (string?)error["param"]));
        Assert.Contains("2048", (string)error["message"]!, StringComparison.Ordinal);
        var asked = await server.ChatAsync(new() { ["max_tokens"] = 2048 });
        Assert.Equal("context_length_exceeded", (string?)(await RunningServer.ErrorAsync(asked))["code"]);
        var most = await RunningServer.ErrorAsync(await server.ChatAsync(new() { ["max_tokens"] = int.MaxValue }));
        Assert.Contains(" 21474836", (string)most["message"]!, StringComparison.Ordinal);
        Assert.DoesNotContain("-", (string)most["message"]!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<|im_end|>")]
    [InlineData("<|im_end|>😀")]
    public async Task A_hundred_thousand_names_of_control_tokens_are_text_that_is_too_long(string name)
    {
        var content = string.Concat(Enumerable.Repeat(name, 100_000));
        var message = new JsonObject { ["role"] = "user", ["content"] = content };
        var http = await server.ChatAsync(new() { ["messages"] = new JsonArray(message) });
        Assert.Equal("context_length_exceeded", (string?)(await RunningServer.ErrorAsync(http))["code"]);
    }

    [Fact]
    public async Task Unknown_models_paths_and_methods_are_named()
    {
        var model = await server.ChatAsync(new() { ["model"] = "gpt-9" });
        Assert.Equal((HttpStatusCode.NotFound, "model_not_found"),
            (model.StatusCode, (string?)(await RunningServer.ErrorAsync(model))["code"]));
        var path = await server.PostAsync("/v1/nothing", "{}");
        Assert.Equal((HttpStatusCode.NotFound, "unknown_url"), (path.StatusCode, (string?)(await RunningServer.ErrorAsync(path))["code"]));
        var method = await server.Http.DeleteAsync(new Uri("/v1/chat/completions", UriKind.Relative),
            TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.MethodNotAllowed, "method_not_allowed"),
            (method.StatusCode, (string?)(await RunningServer.ErrorAsync(method))["code"]));
    }

    [Fact]
    public async Task An_id_with_an_escaped_slash_is_a_models_name()
    {
        var http = await server.Http.GetAsync(new Uri("/v1/models/org%2Fname", UriKind.Relative), TestContext.Current.CancellationToken);
        var error = await RunningServer.ErrorAsync(http);
        Assert.Equal((HttpStatusCode.NotFound, "model_not_found"), (http.StatusCode, (string?)error["code"]));
        Assert.Contains("'org/name'", (string)error["message"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_weights_the_client_is_told_to_come_back()
    {
        await using var empty = await RunningServer.StartAsync(model: null);
        var http = await empty.ChatAsync();
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "model_not_loaded"),
            (http.StatusCode, (string?)(await RunningServer.ErrorAsync(http))["code"]));
        Assert.NotNull(http.Headers.RetryAfter);
        var ready = await empty.Http.GetAsync(new Uri("/health/ready", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
    }

    [Fact]
    public async Task Moderation_is_told_that_no_model_does_it()
    {
        var reply = await server.PostAsync("/v1/moderations", """{"input":"hello","model":"omni-moderation-latest"}""");
        Assert.Equal((HttpStatusCode.NotFound, "model_not_found"),
            (reply.StatusCode, (string?)(await RunningServer.ErrorAsync(reply))["code"]));
    }
}
