// Servers and requests of the Responses API's tests.
using System.Text.Json.Nodes;
using Xunit;

namespace Majlis.tests.Server.Responses;

/// <summary>Always gives the same answer, and keeps responses in the embedded store.</summary>
public sealed class KeepingServer : IAsyncLifetime
{
    public const string Text = "Hello, it is a fine day.";

    internal RunningServer Running { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Running = await RunningServer.StartAsync(
        TinyModel.Of(new RecitingNetwork(Text)), options => options with { Redis = null });

    public ValueTask DisposeAsync() => Running.DisposeAsync();
}

static class Asked
{
    public const string Path = "/v1/responses";

    /// <summary>A body with more fields.</summary>
    public static JsonObject Body(string more = "{}")
    {
        var body = JsonNode.Parse(more)!.AsObject();
        body["model"] ??= "current";
        body["input"] ??= "hello";
        body["temperature"] ??= 0;
        return body;
    }

    public static async Task<JsonObject> ReplyAsync(RunningServer server, string more = "{}")
    {
        var reply = await server.PostAsync(Path, Body(more).ToJsonString());
        var said = await RunningServer.JsonAsync(reply);
        Assert.True(reply.IsSuccessStatusCode, said.ToJsonString());
        return said;
    }

    /// <summary>The events of a stream that ends well, without the closing one.</summary>
    public static async Task<List<JsonObject>> EventsAsync(RunningServer server, string more = "{}")
    {
        var body = Body(more);
        body["stream"] = true;
        return await EventsAsync(await server.PostAsync(Path, body.ToJsonString()));
    }

    /// <summary>The events of a stream that ends well, without the closing one.</summary>
    public static async Task<List<JsonObject>> EventsAsync(HttpResponseMessage reply)
    {
        var lines = (await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Split("\n\n",
            StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("data: [DONE]", lines[^1]);
        return [.. lines[..^1].Select(Named)];

        static JsonObject Named(string item)
        {
            var parts = item.Split('\n');
            var data = JsonNode.Parse(parts[1]["data: ".Length..])!.AsObject();
            Assert.Equal($"event: {data["type"]}", parts[0]);
            return data;
        }
    }

    /// <summary>Asks for a stream in the background, reads its head and goes away; gives the response's id.</summary>
    public static async Task<string> LeaveAsync(RunningServer server)
    {
        var stop = TestContext.Current.CancellationToken;
        using var request = new HttpRequestMessage(HttpMethod.Post, Path)
        {
            Content = new StringContent(Body("""{"background":true,"stream":true}""").ToJsonString(), null, "application/json"),
        };
        using var reply = await server.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop);
        using var lines = new StreamReader(await reply.Content.ReadAsStreamAsync(stop));
        Assert.Equal("event: response.created", await lines.ReadLineAsync(stop));
        return (string)JsonNode.Parse((await lines.ReadLineAsync(stop))!["data: ".Length..])!["response"]!["id"]!;
    }

    /// <summary>The text of a response's messages, as clients' output_text.</summary>
    public static string TextOf(JsonNode response) => string.Concat(response["output"]!.AsArray()
        .Where(item => (string)item!["type"]! == "message").SelectMany(item => item!["content"]!.AsArray())
        .Select(part => (string?)part!["text"]));
}
