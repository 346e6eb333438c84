// A server of a tiny model that can be trained, and files for its jobs.
using System.Net;
using System.Text.Json.Nodes;
using Majlis.Server;
using Majlis.tests.Server.Files;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Server.FineTuning;

sealed class TuningServer : IAsyncDisposable
{
    public const string Model = "tiny", Jobs = "/v1/fine_tuning/jobs";

    readonly TemporaryFolder folder;

    TuningServer(TemporaryFolder folder, RunningServer running) => (this.folder, Running) = (folder, running);

    public RunningServer Running { get; }

    public static async Task<TuningServer> StartAsync()
    {
        var folder = new TemporaryFolder();
        var path = folder.File(Model);
        Directory.CreateDirectory(path);
        TinyStarter.Write(path);
        var model = ServerParts.Real.Open(path, Model, new());
        return new(folder, await RunningServer.StartAsync(model, options => options with { Model = path }));
    }

    public static string Chats(int count) => string.Join('\n', Enumerable.Range(1, count).Select(n =>
        $$"""{"messages": [{"role": "user", "content": "Who won cup {{n}}?"}, {"role": "assistant", "content": "Team {{n}}."}]}"""));

    public static string Pairs(int count) => string.Join('\n', Enumerable.Range(1, count).Select(n =>
        $$$"""
        {"input": {"messages": [{"role": "user", "content": "Who won cup {{{n}}}?"}], "tools": [], "parallel_tool_calls": true},
        "preferred_output": [{"role": "assistant", "content": "Team {{{n}}}."}],
        "non_preferred_output": [{"role": "assistant", "content": "I do not know who won it."}]}
        """.ReplaceLineEndings("")));

    public async Task<string> FileAsync(string text, string name = "train.jsonl", string purpose = "fine-tune") =>
        (string)(await Forms.KeepAsync(Running, text, name, purpose))["id"]!;

    /// <summary>Begins a job, which must be taken.</summary>
    public async Task<JsonObject> BeginAsync(string trainingFile, JsonObject? more = null)
    {
        var body = new JsonObject { ["model"] = Model, ["training_file"] = trainingFile, ["seed"] = 7 };
        foreach (var (name, value) in more ?? []) body[name] = value?.DeepClone();
        var http = await Running.PostAsync(Jobs, body.ToJsonString());
        Assert.True(http.StatusCode == HttpStatusCode.OK, await http.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        return await RunningServer.JsonAsync(http);
    }

    public async Task<JsonObject> GetAsync(string path) =>
        await RunningServer.JsonAsync(await Running.Http.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken));

    /// <summary>The job once it has one of these statuses.</summary>
    public async Task<JsonObject> UntilAsync(JsonObject job, params string[] statuses)
    {
        var now = job;
        await Eventually.HoldsAsync($"the job is {string.Join(" or ", statuses)}", async () =>
        {
            now = await GetAsync($"{Jobs}/{job["id"]}");
            Assert.True(statuses.Contains("failed") || (string)now["status"]! != "failed", now.ToJsonString());
            return statuses.Contains((string)now["status"]!);
        }, TimeSpan.FromMinutes(2));
        return now;
    }

    /// <summary>The job's events, the oldest first.</summary>
    public async Task<List<JsonNode>> EventsAsync(JsonObject job) =>
        [.. (await GetAsync($"{Jobs}/{job["id"]}/events?limit=100&order=asc"))["data"]!.AsArray().Select(told => told!)];

    public async ValueTask DisposeAsync()
    {
        await Running.DisposeAsync();
        folder.Dispose();
    }
}
