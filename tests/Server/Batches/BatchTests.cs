// Batches: lines are checked, sent to the endpoints behind interactive requests, answered into files; cancelled, restarted, refused.
using System.Net;
using System.Text.Json.Nodes;
using Majlis.Server.Models;
using Majlis.tests.Server.Files;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Server.Batches;

public sealed class BatchTests : IAsyncLifetime
{
    const string Encoder = "tiny-encoder", Chats = "/v1/chat/completions";

    readonly string data = Directory.CreateTempSubdirectory("majlis-batches-").FullName;
    RunningServer server = null!;

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => server = await StartAsync(new RecitingNetwork("Hello."));

    [Fact]
    public async Task Every_line_is_answered_and_the_wrong_ones_stand_in_a_file_of_their_own()
    {
        var batch = await BeginAsync(Chats, Chat("one"), Chat("two", ("colour", "red")), Chat("three", ("priority", 3)));
        Assert.Equal(("batch", "validating"), ((string)batch["object"]!, (string)batch["status"]!));
        batch = await EndAsync(batch);
        Assert.Equal("completed", (string)batch["status"]!);
        Assert.Equal((3, 2, 1), Counts(batch));
        var answers = await LinesAsync(batch["output_file_id"]);
        Assert.Equal(["one", "three"], answers.Select(line => (string)line["custom_id"]!).Order());
        Assert.All(answers, line => Assert.Equal((200, "Hello."), ((int)line["response"]!["status_code"]!,
            (string)line["response"]!["body"]!["choices"]![0]!["message"]!["content"]!)));
        var wrong = Assert.Single(await LinesAsync(batch["error_file_id"]));
        Assert.Equal(("two", 400, "colour"), ((string)wrong["custom_id"]!, (int)wrong["response"]!["status_code"]!,
            (string)wrong["response"]!["body"]!["error"]!["param"]!));
    }

    [Fact]
    public async Task Vectors_and_completions_can_be_batched_too()
    {
        var vectors = await EndAsync(await BeginAsync("/v1/embeddings",
            Line("v", "/v1/embeddings", new() { ["model"] = Encoder, ["input"] = "hello" })));
        Assert.Equal(TinyEncoder.Size,
            Assert.Single(await LinesAsync(vectors["output_file_id"]))["response"]!["body"]!["data"]![0]!["embedding"]!.AsArray().Count);
        var texts = await EndAsync(await BeginAsync("/v1/completions",
            Line("t", "/v1/completions", new() { ["model"] = "current", ["prompt"] = "hello", ["temperature"] = 0 })));
        Assert.Equal((1, 1, 0), Counts(texts));
    }

    [Theory]
    [InlineData("""{"custom_id": "a", "method": "GET", "url": "/v1/chat/completions", "body": {}}""", "method", 1)]
    [InlineData("""{"custom_id": "a", "method": "POST", "url": "/v1/embeddings", "body": {}}""", "url", 1)]
    [InlineData("""{"method": "POST", "url": "/v1/chat/completions", "body": {}}""", "custom_id", 1)]
    [InlineData("""{"custom_id": "a", "method": "POST", "url": "/v1/chat/completions"}""", "body", 1)]
    [InlineData("""{"custom_id": "a", "method": "POST", "url": "/v1/chat/completions", "body": {"stream": true}}""", "body.stream", 1)]
    [InlineData("""{"custom_id": "a", "method": "POST", "url": "/v1/chat/completions", "body": {"background": true}}""",
        "body.background", 1)]
    [InlineData("{}", "custom_id", 1)]
    public async Task A_batch_with_a_wrong_line_is_not_begun_and_names_the_line(string line, string param, int number)
    {
        var batch = await EndAsync(await BeginAsync(Chats, line));
        Assert.Equal("failed", (string)batch["status"]!);
        var problem = batch["errors"]!["data"]![0]!;
        Assert.Equal((param, number), ((string)problem["param"]!, (int)problem["line"]!));
        Assert.Contains($"line {number}", (string)problem["message"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_lines_of_one_name_are_refused()
    {
        var batch = await EndAsync(await BeginAsync(Chats, Chat("same"), Chat("same")));
        var problem = batch["errors"]!["data"]![0]!;
        Assert.Equal(("duplicate_custom_id", 2), ((string)problem["code"]!, (int)problem["line"]!));
    }

    [Fact]
    public async Task A_cancelled_batch_keeps_what_was_answered_and_tells_of_the_rest()
    {
        using var gate = new Gate();
        await ReplaceAsync(new("Hello.") { BeforeStep = gate.Pass });
        var batch = await BeginAsync(Chats, [.. Enumerable.Range(0, 30).Select(i => Chat($"{i}"))]);
        await Eventually.HoldsAsync("a line is at the engine", () => server.Engine.Progress is { Running: > 0 } or { Waiting: > 0 });
        var cancelling = await RunningServer.JsonAsync(await server.PostAsync($"/v1/batches/{batch["id"]}/cancel", "{}"));
        Assert.Equal("cancelling", (string)cancelling["status"]!);
        gate.Open();
        batch = await EndAsync(batch);
        Assert.Equal("cancelled", (string)batch["status"]!);
        var (total, completed, failed) = Counts(batch);
        Assert.Equal((30, 30), (total, completed + failed));
        Assert.Contains(await LinesAsync(batch["error_file_id"]), line => (string?)line["error"]?["code"] == "batch_cancelled");
        var again = await server.PostAsync($"/v1/batches/{batch["id"]}/cancel", "{}");
        Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
        // OpenAI's words: clients look for them.
        Assert.Equal("Cannot cancel a batch with status 'cancelled'.", (string)(await RunningServer.ErrorAsync(again))["message"]!);
    }

    [Fact]
    public async Task A_restarted_server_goes_on_and_asks_nothing_twice_also_where_the_client_deleted_its_file()
    {
        using var gate = new Gate();
        await ReplaceAsync(new("Hello.") { BeforeStep = gate.Pass });
        var batch = await BeginAsync(Chats, [.. Enumerable.Range(0, 40).Select(i => Chat($"{i}"))]);
        gate.Let(12);
        await Eventually.HoldsAsync("some are answered", async () => Counts(await ShowAsync(batch)).Completed > 0);
        await server.Http.DeleteAsync($"/v1/files/{batch["input_file_id"]}", Stop);
        await ReplaceAsync(new RecitingNetwork("Again."), gate);
        batch = await EndAsync(batch);
        Assert.Equal((40, 40, 0), Counts(batch));
        var names = (await LinesAsync(batch["output_file_id"])).Select(line => (string)line["custom_id"]!).ToList();
        Assert.Equal(40, names.Count);
        Assert.Equal(40, names.Distinct().Count());
        Assert.Empty(Directory.GetFiles(Path.Combine(data, "batches"), "*.input"));
    }

    [Fact]
    public async Task A_line_that_a_kill_cut_off_is_taken_back_and_its_request_is_sent_anew()
    {
        using var gate = new Gate();
        await ReplaceAsync(new("Hello.") { BeforeStep = gate.Pass });
        var batch = await BeginAsync(Chats, [.. Enumerable.Range(0, 40).Select(i => Chat($"{i}"))]);
        gate.Let(12);
        await Eventually.HoldsAsync("some are answered", async () => Counts(await ShowAsync(batch)).Completed > 0);
        var ends = server.DisposeAsync();
        gate.Open();
        await ends;
        var answers = Path.Combine(data, "batches", $"{batch["id"]}.output");
        await File.AppendAllTextAsync(answers, """{"id":"batch_req_x","custom_id":"3""", Stop);
        server = await StartAsync(new RecitingNetwork("Again."));
        batch = await EndAsync(batch);
        Assert.Equal((40, 40, 0), Counts(batch));
        Assert.Equal(40, (await LinesAsync(batch["output_file_id"])).Select(line => (string)line["custom_id"]!).Distinct().Count());
    }

    [Fact]
    public async Task A_batch_that_waits_behind_others_is_cancelled_at_once()
    {
        using var gate = new Gate();
        await ReplaceAsync(new("Hello.") { BeforeStep = gate.Pass });
        List<JsonObject> batches = [];
        for (var i = 0; i < 5; i++) batches.Add(await BeginAsync(Chats, Chat("a"), Chat("b")));
        await server.PostAsync($"/v1/batches/{batches[4]["id"]}/cancel", "{}");
        var last = await EndAsync(batches[4]);
        Assert.Equal(("cancelled", (0, 0, 0)), ((string)last["status"]!, Counts(last)));
        gate.Open();
        foreach (var batch in batches[..4]) Assert.Equal("completed", (string)(await EndAsync(batch))["status"]!);
    }

    [Fact]
    public async Task A_byte_order_mark_is_no_part_of_the_first_line()
    {
        var batch = await EndAsync(await BeginAsync(Chats, "\uFEFF" + Chat("a")));
        Assert.Equal((1, 1, 0), Counts(batch));
    }

    [Fact]
    public async Task What_cannot_be_begun_is_refused_by_name_and_lists_end()
    {
        await RefusedAsync("""{"endpoint": "/v1/chat/completions", "completion_window": "24h"}""",
            HttpStatusCode.BadRequest, "input_file_id");
        await RefusedAsync(Body("file-none"), HttpStatusCode.NotFound, "input_file_id");
        var file = await Forms.KeepAsync(server, "{}", "a.jsonl", "fine-tune");
        await RefusedAsync(Body((string)file["id"]!), HttpStatusCode.BadRequest, "input_file_id");
        await RefusedAsync(Body("file-none", "/v1/moderations"), HttpStatusCode.BadRequest, "endpoint");
        await RefusedAsync(Body("file-none", window: "1h"), HttpStatusCode.BadRequest, "completion_window");
        Assert.Equal(HttpStatusCode.NotFound, (await server.Http.GetAsync("/v1/batches/batch_x", Stop)).StatusCode);
        var batch = await EndAsync(await BeginAsync(Chats, Chat("a")));
        var page = await RunningServer.JsonAsync(await server.Http.GetAsync("/v1/batches?limit=1", Stop));
        Assert.Equal(((string)batch["id"]!, false), ((string)page["data"]![0]!["id"]!, (bool)page["has_more"]!));
        Assert.Equal("v", (string)page["data"]![0]!["metadata"]!["k"]!);
    }

    async Task RefusedAsync(string body, HttpStatusCode status, string param)
    {
        var http = await server.PostAsync("/v1/batches", body);
        Assert.Equal(status, http.StatusCode);
        Assert.Equal(param, (string?)(await RunningServer.ErrorAsync(http))["param"]);
    }

    async Task<JsonObject> BeginAsync(string endpoint, params string[] lines)
    {
        var file = await Forms.KeepAsync(server, string.Join('\n', lines), "lines.jsonl", "batch");
        var http = await server.PostAsync("/v1/batches", Body((string)file["id"]!, endpoint));
        Assert.True(http.StatusCode == HttpStatusCode.OK, await http.Content.ReadAsStringAsync(Stop));
        return await RunningServer.JsonAsync(http);
    }

    static string Body(string file, string endpoint = Chats, string window = "24h") => new JsonObject
    {
        ["input_file_id"] = file,
        ["endpoint"] = endpoint,
        ["completion_window"] = window,
        ["metadata"] = new JsonObject { ["k"] = "v" },
    }.ToJsonString();

    async Task<JsonObject> ShowAsync(JsonObject batch) =>
        await RunningServer.JsonAsync(await server.Http.GetAsync($"/v1/batches/{batch["id"]}", Stop));

    async Task<JsonObject> EndAsync(JsonObject batch)
    {
        await Eventually.HoldsAsync("the batch is over",
            async () => (string)(await ShowAsync(batch))["status"]! is "completed" or "failed" or "cancelled" or "expired");
        return await ShowAsync(batch);
    }

    async Task<List<JsonObject>> LinesAsync(JsonNode? file) =>
        [.. (await server.Http.GetStringAsync($"/v1/files/{file}/content", Stop)).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonNode.Parse(line)!.AsObject())];

    static (int Total, int Completed, int Failed) Counts(JsonObject batch) => ((int)batch["request_counts"]!["total"]!,
        (int)batch["request_counts"]!["completed"]!, (int)batch["request_counts"]!["failed"]!);

    static string Chat(string name, params (string Name, JsonNode Value)[] fields)
    {
        var body = RunningServer.ChatBody();
        foreach (var (field, value) in fields) body[field] = value;
        return Line(name, Chats, body);
    }

    static string Line(string name, string url, JsonObject body) =>
        new JsonObject { ["custom_id"] = name, ["method"] = "POST", ["url"] = url, ["body"] = body }.ToJsonString();

    async Task<RunningServer> StartAsync(RecitingNetwork network) => await RunningServer.StartAsync(TinyModel.Of(network),
        options => options with { Data = data },
        encoders: new(ModelOpener.Of(new()).OpenSentences(TinyEncoder.Write(Path.Combine(data, Encoder)), Encoder)));

    // The engine's thread may stand at a gate, which opens once the server is told to stop.
    async Task ReplaceAsync(RecitingNetwork network, Gate? gate = null)
    {
        var ends = server.DisposeAsync();
        gate?.Open();
        await ends;
        server = await StartAsync(network);
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        TemporaryFolder.Remove(data);
    }
}
