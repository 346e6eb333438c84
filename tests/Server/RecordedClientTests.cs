// Chat requests recorded from real clients, replayed from goldens/clients. Requests whose every field is supported must be answered with
// the fields that clients require; the others must be refused with the name of a field they hold.
using System.Net;
using System.Text.Json.Nodes;
using Majlis.tests.Server.Tools;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Server;

public sealed class RecordedClientTests(ToolServer shared) : IClassFixture<ToolServer>
{
    // Fields refused until they are supported; see UnsupportedFields.
    static readonly string[] later =
    [
        "functions", "function_call", "store", "metadata", "reasoning_effort",
    ];

    readonly RunningServer server = shared.Running;

    public static TheoryData<string> Clients =>
        Directory.Exists(Shared.Golden("clients"))
            ? [.. Directory.EnumerateFiles(Shared.Golden("clients"), "*.json").Select(file => Path.GetFileName(file)!).Order()]
            : ["absent"];

    [Theory, MemberData(nameof(Clients))]
    public async Task Recorded_chat_requests_are_answered_or_refused_by_name(string file)
    {
        Shared.Require(Shared.Golden("clients", file));
        var requests = Requests(JsonNode.Parse(await File.ReadAllTextAsync(Shared.Golden("clients", file),
            TestContext.Current.CancellationToken))!).ToList();
        foreach (var body in requests.DistinctBy(body => body.ToJsonString()))
        {
            // Model names and token ids are those of the recorded models.
            body["model"] = "current";
            if (body["logit_bias"] is JsonObject) body["logit_bias"] = new JsonObject { ["65"] = -100 };
            // This network would write a string without end.
            if (body.ContainsKey("response_format")) (body["max_tokens"], body["max_completion_tokens"]) = (48, 48);
            var http = await server.PostAsync("/v1/chat/completions", body.ToJsonString());
            var isServed = later.FirstOrDefault(body.ContainsKey) is null && !HoldsPictures(body) && !ForcesCalls(body);
            if (isServed) await AnsweredAsync(http, body);
            else Assert.True(http.StatusCode is HttpStatusCode.OK or HttpStatusCode.BadRequest, body.ToJsonString());
        }
    }

    [Theory, MemberData(nameof(Clients))]
    public async Task Recorded_tool_histories_are_answered_once_no_tool_is_offered(string file)
    {
        Shared.Require(Shared.Golden("clients", file));
        var requests = Requests(JsonNode.Parse(await File.ReadAllTextAsync(Shared.Golden("clients", file),
            TestContext.Current.CancellationToken))!);
        foreach (var body in requests.Where(HoldsToolCalls).DistinctBy(body => body["messages"]!.ToJsonString()))
            await AnsweredAsync(await server.ChatAsync(new() { ["messages"] = body["messages"]!.DeepClone() }), new());
    }

    static bool HoldsToolCalls(JsonObject body) => body["messages"]!.AsArray().Any(message => message?["tool_calls"] is JsonArray);

    static async Task AnsweredAsync(HttpResponseMessage http, JsonObject body)
    {
        var said = await http.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(http.StatusCode == HttpStatusCode.OK, $"{body.ToJsonString()}\n{said}");
        if ((bool?)body["stream"] == true) CheckStream(await RunningServer.EventsAsync(http), body);
        else CheckWhole(JsonNode.Parse(said)!);
    }

    static void CheckWhole(JsonNode reply)
    {
        Assert.Equal("chat.completion", (string)reply["object"]!);
        foreach (var field in new[] { "id", "created", "model", "usage" }) Assert.NotNull(reply[field]);
        foreach (var choice in reply["choices"]!.AsArray())
            Assert.True(choice!["message"]!["role"]!.GetValue<string>() == "assistant" && choice["message"]!["content"] is not null
                && choice["finish_reason"] is not null);
    }

    static void CheckStream(List<string> events, JsonObject body)
    {
        Assert.Equal("[DONE]", events[^1]);
        var chunks = events[..^1].Select(item => JsonNode.Parse(item)!).ToList();
        Assert.All(chunks, chunk => Assert.True((string)chunk["object"]! == "chat.completion.chunk" && chunk["choices"] is JsonArray));
        Assert.All(chunks.SelectMany(chunk => chunk["choices"]!.AsArray()), choice =>
            Assert.True(choice!["delta"] is JsonObject && choice["index"] is not null));
        Assert.Equal((bool?)body["stream_options"]?["include_usage"] == true, chunks[^1]["choices"]!.AsArray().Count == 0);
    }

    // The model cannot be held to a call or to a schema.
    static bool ForcesCalls(JsonObject body) => body["tool_choice"] is JsonObject || body["tool_choice"]?.ToString() == "required"
        || body["tools"]?.AsArray().Any(tool => (bool?)tool!["function"]?["strict"] == true) is true;

    static bool HoldsPictures(JsonObject body) => body["messages"]!.AsArray().Any(message =>
        message?["content"] is JsonArray parts && parts.Any(part => (string?)part?["type"] != "text"));

    // Both recorders' formats: requests are at any depth, some as references to equal ones.
    static IEnumerable<JsonObject> Requests(JsonNode node)
    {
        if (node is JsonObject request && request["path"] is JsonValue named && named.TryGetValue<string>(out var path)
            && path.EndsWith("/chat/completions", StringComparison.Ordinal) && (string?)request["method"] == "POST"
            && request["body"] is JsonObject body && body["messages"] is JsonArray)
            return [body.DeepClone().AsObject()];
        return node switch
        {
            JsonObject fields => fields.Select(field => field.Value).OfType<JsonNode>().SelectMany(Requests),
            JsonArray items => items.OfType<JsonNode>().SelectMany(Requests),
            _ => [],
        };
    }
}
