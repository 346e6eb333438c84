// `http MODEL`: the time between two tokens of sixteen answers, taken from the engine and by streaming clients of the whole server, in
// turns. Server, clients and model share one process, so the clients' own work counts as the HTTP layer's.
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using Majlis.Inference;
using Majlis.Server;
using Microsoft.Extensions.DependencyInjection;

namespace Majlis.benchmarks;

static class HttpBenchmark
{
    const int Clients = 16;
    const int Tokens = 128;
    const int Rounds = 9;
    const string Prompt = "The sea is blue and";

    public static async Task<int> RunAsync(string path)
    {
        // One line of each request is the server's usual log; here only the measurement is printed.
        Environment.SetEnvironmentVariable("Logging__LogLevel__Default", "Warning");
        var folder = Directory.CreateTempSubdirectory("majlis-http-").FullName;
        var options = new ServerOptions { Urls = "http://127.0.0.1:0", Data = folder, Catalog = Path.Combine(folder, "catalog") };
        var parts = ServerParts.Real;
        var app = ServerApp.Build(options, parts.Open(path, "measured", parts.Engine), parts);
        await app.StartAsync();
        using var http = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
        var (live, engine) = (app.Services.GetRequiredService<LiveModel>(), app.Services.GetRequiredService<Engine>());
        List<double> direct = [], served = [];
        for (var round = 0; round <= Rounds; round++)
        {
            var (ours, without) = (await AllAsync(() => StreamAsync(http)), await AllAsync(() => GenerateAsync(engine, live)));
            if (round == 0) continue; // warms up
            served.AddRange(ours);
            direct.AddRange(without);
        }
        await app.StopAsync();
        await app.DisposeAsync();
        Directory.Delete(folder, recursive: true);
        return Tell(path, served, direct);
    }

    static async Task<IEnumerable<double>> AllAsync(Func<Task<List<double>>> answer) =>
        (await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => answer()))).SelectMany(gaps => gaps);

    static async Task<List<double>> GenerateAsync(Engine engine, LiveModel live)
    {
        using var lease = live.Lease()!;
        var request = new GenerationRequest(lease.Model.Tokenizer.Encode(Prompt, false),
            SamplingOptions.Greedy with { IgnoreEos = true }, Tokens);
        var (gaps, last) = (new List<double>(Tokens), 0L);
        await foreach (var _ in engine.GenerateAsync(lease, request)) last = Note(gaps, last);
        return gaps;
    }

    static async Task<List<double>> StreamAsync(HttpClient http)
    {
        var body = new { model = "current", prompt = Prompt, max_tokens = Tokens, temperature = 0, ignore_eos = true, stream = true };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/completions") { Content = JsonContent.Create(body) };
        using var reply = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        reply.EnsureSuccessStatusCode();
        using var lines = new StreamReader(await reply.Content.ReadAsStreamAsync());
        var (gaps, last) = (new List<double>(Tokens), 0L);
        while (await lines.ReadLineAsync() is { } line and not "data: [DONE]")
            if (line.Length > 0) last = Note(gaps, last);
        return gaps;
    }

    static long Note(List<double> gaps, long last)
    {
        var now = Stopwatch.GetTimestamp();
        if (last != 0) gaps.Add(Stopwatch.GetElapsedTime(last, now).TotalMilliseconds);
        return now;
    }

    static int Tell(string path, List<double> served, List<double> direct)
    {
        var (ours, without) = (At(served, 0.5), At(direct, 0.5));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{{\"benchmark\": \"http\", \"model\": \"{Path.GetFileName(path)}\", \"clients\": {Clients}, \"pieces\": {served.Count}, " +
            $"\"pieces_of_engine\": {direct.Count}, \"p50_ms\": {ours:0.000}, \"p50_of_engine_ms\": {without:0.000}, " +
            $"\"added_ms\": {ours - without:0.000}, \"p99_ms\": {At(served, 0.99):0.00}, \"p99_of_engine_ms\": {At(direct, 0.99):0.00}}}"));
        return 0;
    }

    static double At(List<double> gaps, double share) => gaps.Order().ElementAt((int)(share * (gaps.Count - 1)));
}
