// Requests recorded from real clients, replayed from goldens/clients: chats, completions, texts to tokenize. Requests whose every field is
// supported must be answered with the fields that clients require; the others must be refused with the name of a field they hold.
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
        "functions", "function_call", "reasoning_effort",
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
            // What is kept is tested where there is a store.
            foreach (var keeping in new[] { "store", "metadata" }) body.Remove(keeping);
            if (body["logit_bias"] is JsonObject) body["logit_bias"] = new JsonObject { ["65"] = -100 };
            // This network would write a string without end.
            if (body.ContainsKey("response_format") || body.ContainsKey("tool_choice"))
                (body["max_tokens"], body["max_completion_tokens"]) = (48, 48);
            var http = await server.PostAsync("/v1/chat/completions", body.ToJsonString());
            var isServed = later.FirstOrDefault(body.ContainsKey) is null && !HoldsPictures(body) && !IsStrict(body);
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

    [Theory, MemberData(nameof(Clients))]
    public async Task Recorded_completions_are_answered_in_the_shape_that_clients_read(string file)
    {
        Shared.Require(Shared.Golden("clients", file));
        var requests = Requests(JsonNode.Parse(await File.ReadAllTextAsync(Shared.Golden("clients", file),
            TestContext.Current.CancellationToken))!, "/v1/completions", "prompt");
        foreach (var body in requests.DistinctBy(body => body.ToJsonString()))
        {
            body["model"] = "current";
            OwnTokens(body["prompt"]!);
            var http = await server.PostAsync("/v1/completions", body.ToJsonString());
            var said = await http.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            // A gap before a suffix is not filled; everything else is answered.
            Assert.True(http.StatusCode == (body.ContainsKey("suffix") ? HttpStatusCode.BadRequest : HttpStatusCode.OK), said);
            if (body.ContainsKey("suffix")) Assert.Equal("suffix", (string?)JsonNode.Parse(said)!["error"]!["param"]);
            else if ((bool?)body["stream"] == true)
                Assert.All((await RunningServer.EventsAsync(http))[..^1], item => CheckCompletion(JsonNode.Parse(item)!, null));
            else CheckCompletion(JsonNode.Parse(said)!, body);
        }
    }

    [Theory, MemberData(nameof(Clients))]
    public async Task Recorded_texts_are_tokenized(string file)
    {
        Shared.Require(Shared.Golden("clients", file));
        var requests = Requests(JsonNode.Parse(await File.ReadAllTextAsync(Shared.Golden("clients", file),
            TestContext.Current.CancellationToken))!, "/tokenize", "prompt");
        foreach (var body in requests)
        {
            var reply = await RunningServer.JsonAsync(await server.PostAsync("/tokenize", body.ToJsonString()));
            Assert.Equal(TinyText.Tokenizer.Encode((string)body["prompt"]!, false), reply["tokens"]!.AsArray().Select(id => (int)id!));
        }
    }

    static void OwnTokens(JsonNode prompt)
    {
        if (prompt is not JsonArray items) return;
        for (var i = 0; i < items.Count; i++)
            if (items[i] is JsonValue value && value.TryGetValue<int>(out var id)) items[i] = id % 256;
            else OwnTokens(items[i]!);
    }

    /// <param name="asked">The request of a whole reply.</param>
    static void CheckCompletion(JsonNode reply, JsonObject? asked)
    {
        Assert.Equal("text_completion", (string)reply["object"]!);
        var choices = reply["choices"]!.AsArray();
        Assert.All(choices, choice => Assert.True(choice!["text"] is not null && choice["index"] is not null));
        if (asked is null) return;
        Assert.Equal(Enumerable.Range(0, choices.Count), choices.Select(choice => (int)choice!["index"]!));
        Assert.True(reply["usage"]!["total_tokens"] is not null && choices.All(choice => choice!["finish_reason"] is not null));
        if (asked["logprobs"] is null) return;
        var tokens = choices.Sum(choice => choice!["logprobs"]!["token_logprobs"]!.AsArray().Count);
        Assert.Equal((int)reply["usage"]![(bool?)asked["echo"] == true ? "total_tokens" : "completion_tokens"]!, tokens);
        foreach (var logprobs in choices.Select(choice => choice!["logprobs"]!))
            foreach (var (top, own) in logprobs["top_logprobs"]!.AsArray().Zip(logprobs["token_logprobs"]!.AsArray()))
                if (own is not null) Assert.Contains(top!.AsObject(), entry => (float)entry.Value! == (float)own);
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
            Assert.True(choice!["message"]!["role"]!.GetValue<string>() == "assistant"
                && (choice["message"]!["content"] ?? choice["message"]!["tool_calls"]) is not null
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

    // A model is held to arguments' schemas only where it must call.
    static bool IsStrict(JsonObject body) => body["tool_choice"] is not JsonObject && body["tool_choice"]?.ToString() != "required"
        && body["tools"]?.AsArray().Any(tool => (bool?)tool!["function"]?["strict"] == true) is true;

    static bool HoldsPictures(JsonObject body) => body["messages"]!.AsArray().Any(message =>
        message?["content"] is JsonArray parts && parts.Any(part => (string?)part?["type"] != "text"));

    // Both recorders' formats: requests are at any depth, some as references to equal ones.
    internal static IEnumerable<JsonObject> Requests(JsonNode node, string end = "/chat/completions", string field = "messages")
    {
        if (node is JsonObject request && request["path"] is JsonValue named && named.TryGetValue<string>(out var path)
            && path.EndsWith(end, StringComparison.Ordinal) && (string?)request["method"] == "POST"
            && request["body"] is JsonObject body && body[field] is not null)
            return [body.DeepClone().AsObject()];
        return node switch
        {
            JsonObject fields => fields.Select(each => each.Value).OfType<JsonNode>().SelectMany(item => Requests(item, end, field)),
            JsonArray items => items.OfType<JsonNode>().SelectMany(item => Requests(item, end, field)),
            _ => [],
        };
    }
}
