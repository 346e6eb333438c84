// The time to the first token of a client that sends one request at a time: alone, while another client has 64 requests in flight, and the
// same where the engine cannot tell the two apart. The three are measured in turn, on a real model through the engine and the server's
// default backend.
using System.Diagnostics;
using System.Globalization;
using Majlis.Inference;
using Majlis.Model;

namespace Majlis.benchmarks;

static class FairnessBenchmark
{
    const int Flood = 64;
    const int FloodPrompt = 64;
    const int FloodTokens = 64;
    const int PolitePrompt = 256;
    const int Rounds = 7;
    const int PoliteRequests = 3;

    // Each request has its own salt, so that no prompt is found in the cache.
    static int requests;

    public static async Task<int> RunAsync(string model)
    {
        using var checkpoint = Checkpoint.Open(model);
        using var live = new LiveModel();
        var options = new EngineOptions();
        live.Swap(new(ServedNetwork.Of(checkpoint), Math.Min(2048, checkpoint.Blueprint.MaxPositions), options)
        {
            Version = "fairness",
            WeightsHash = "fairness",
            Tokenizer = EngineBenchmark.NoText,
            Defaults = new([], null),
        });
        await using var engine = new Engine(live, options, TimeProvider.System);
        List<double> alone = [], beside = [], untold = [];
        await PoliteAsync(engine, live, "warm"); // reads the weights into memory
        for (var round = 0; round < Rounds; round++)
        {
            for (var i = 0; i < PoliteRequests; i++) alone.Add(await PoliteAsync(engine, live, "polite"));
            beside.AddRange(await BesideFloodAsync(engine, live, "polite", "flood", PoliteRequests));
            untold.AddRange(await BesideFloodAsync(engine, live, "", "", 1));
        }
        var (limit, ours, before) = (Percentile(alone), Percentile(beside), Percentile(untold));
        var numbers = string.Create(CultureInfo.InvariantCulture,
            $"\"alone_p95_ms\": {limit:0}, \"beside_{Flood}_p95_ms\": {ours:0}, \"times\": {ours / limit:0.00}, ")
            + string.Create(CultureInfo.InvariantCulture, $"\"one_client_p95_ms\": {before:0}, \"one_client_times\": {before / limit:0.0}");
        var what = $"\"model\": \"{Path.GetFileName(model)}\", \"requests\": {alone.Count}";
        Console.WriteLine($"{{\"benchmark\": \"fairness\", {what}, {numbers}}}");
        return 0;
    }

    /// <summary>Times of requests sent one after another while the flood is renewed as it ends.</summary>
    static async Task<List<double>> BesideFloodAsync(Engine engine, LiveModel live, string polite, string flooding, int count)
    {
        using var enough = new CancellationTokenSource();
        var flood = Enumerable.Range(0, Flood).Select(_ => FloodAsync(engine, live, flooding, enough.Token)).ToArray();
        while (engine.Progress.Running < engine.Options.MaxSequences) await Task.Delay(TimeSpan.FromMilliseconds(20));
        var times = new List<double>();
        for (var i = 0; i < count; i++) times.Add(await PoliteAsync(engine, live, polite));
        await enough.CancelAsync();
        await Task.WhenAll(flood);
        return times;
    }

    static async Task FloodAsync(Engine engine, LiveModel live, string client, CancellationToken enough)
    {
        try
        {
            while (true) await foreach (var piece in Ask(engine, live, client, FloodPrompt, FloodTokens, enough)) GC.KeepAlive(piece);
        }
        catch (OperationCanceledException)
        {
            // All polite requests are measured.
        }
    }

    static async Task<double> PoliteAsync(Engine engine, LiveModel live, string client)
    {
        var start = Stopwatch.GetTimestamp();
        await foreach (var _ in Ask(engine, live, client, PolitePrompt, 1, default)) break;
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    static IAsyncEnumerable<GeneratedPiece> Ask(
        Engine engine, LiveModel live, string client, int prompt, int tokens, CancellationToken cancellation)
    {
        using var lease = live.Lease()!;
        // Fixed token ids: speed does not depend on the text.
        int[] ids = [.. Enumerable.Range(0, prompt).Select(i => 100 + i * 7919 % 4000)];
        return engine.GenerateAsync(lease, new GenerationRequest(ids, SamplingOptions.Greedy with { IgnoreEos = true }, tokens)
        {
            Client = client,
            CacheSalt = FormattableString.Invariant($"{Interlocked.Increment(ref requests)}"),
        }, cancellation);
    }

    static double Percentile(List<double> times) => times.Order().ElementAt((int)Math.Ceiling(0.95 * times.Count) - 1);
}
