// A fine-tuning job under kill -9, of its trainer and then of its server: every step is told once, in order, and the job ends as a model.
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Majlis.tests.Server.Files;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Server.FineTuning;

public sealed class KilledJobTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_job_goes_on_after_its_trainer_and_its_server_are_killed()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "processes are looked at in /proc");
        TinyStarter.Lay(folder.Path);
        string path;
        await using (var server = await StartAsync())
        {
            using var http = Client(server);
            var kept = await http.PostAsync(new Uri("/v1/files", UriKind.Relative),
                Forms.Of(TuningServer.Chats(12), "train.jsonl", "fine-tune"), Stop);
            var body = FineTuningTests.Long;
            (body["model"], body["training_file"]) = ("current", (string)(await RunningServer.JsonAsync(kept))["id"]!);
            var begun = await http.PostAsJsonAsync(new Uri(TuningServer.Jobs, UriKind.Relative), body, Stop);
            path = $"{TuningServer.Jobs}/{(await RunningServer.JsonAsync(begun))["id"]}";
            await StepsAsync(http, path, 40);
            using (var trainer = Process.GetProcessById(Child(server.Id))) trainer.Kill();
            await Eventually.HoldsAsync("the kill is told", async () => (await http.GetStringAsync(Events(path), Stop))
                .Contains("was killed", StringComparison.Ordinal));
            var seen = await StepsAsync(http, path, 1);
            await StepsAsync(http, path, seen + 1);
            await server.KillAsync();
        }
        await using var next = await StartAsync();
        using var again = Client(next);
        await Eventually.HoldsAsync("the job has succeeded", async () =>
            (string)(await again.GetFromJsonAsync<JsonObject>(new Uri(path, UriKind.Relative), Stop))!["status"]! == "succeeded",
            TimeSpan.FromMinutes(2));
        Assert.Equal(Enumerable.Range(1, 600), await AllStepsAsync(again, path));
    }

    /// <summary>Waits for so many steps, and gives the last.</summary>
    static async Task<int> StepsAsync(HttpClient http, string path, int least)
    {
        var last = 0;
        await Eventually.HoldsAsync($"step {least}", async () =>
        {
            var told = (await http.GetFromJsonAsync<JsonObject>(Events(path), Stop))!["data"]!.AsArray();
            return (last = told.Select(step => (int?)step!["data"]?["step"] ?? 0).DefaultIfEmpty().Max()) >= least;
        }, TimeSpan.FromMinutes(2));
        return last;
    }

    static async Task<List<int>> AllStepsAsync(HttpClient http, string path)
    {
        var (steps, after) = (new List<int>(), "");
        while (true)
        {
            var page = (await http.GetFromJsonAsync<JsonObject>(
                new Uri($"{path}/events?limit=100&order=asc{after}", UriKind.Relative), Stop))!;
            steps.AddRange(page["data"]!.AsArray().Select(told => (int?)told!["data"]?["step"]).OfType<int>());
            if (!(bool)page["has_more"]!) return steps;
            after = $"&after={page["last_id"]}";
        }
    }

    static Uri Events(string path) => new($"{path}/events?limit=100", UriKind.Relative);

    Task<ServerProcess> StartAsync()
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "Majlis.Server"), ["--urls", "http://127.0.0.1:0"])
        {
            WorkingDirectory = folder.Path,
        };
        start.Environment["Logging__LogLevel__Default"] = "Information";
        return ServerProcess.StartAsync(start, "on http://127.0.0.1:");
    }

    static HttpClient Client(ServerProcess server) =>
        new() { BaseAddress = new Uri(server.Said[server.Said.IndexOf("http://", StringComparison.Ordinal)..].TrimEnd('.')) };

    /// <summary>proc(5): the process whose parent is this one and that is the trainer.</summary>
    static int Child(int parent) => Directory.EnumerateDirectories("/proc").Select(folder => Path.GetFileName(folder))
        .Where(name => name.All(char.IsAsciiDigit)).Select(name => int.Parse(name, CultureInfo.InvariantCulture))
        .First(process => IsTrainer(process, parent));

    static bool IsTrainer(int process, int parent)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{process}/stat");
            return stat.Contains("(Majlis.Trainer", StringComparison.Ordinal)
                && stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1] == parent.ToString(CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return false; // it ended meanwhile
        }
    }
}
