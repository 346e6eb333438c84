// Tokens per second of a real model through the engine: prefill of one prompt, decoding of one and of eight sequences. Beside it a peer,
// where MAJLIS_PEER_LLAMA names a command that takes MODEL THREADS PROMPT GENERATE CLIENTS and ends its output with a JSON line.
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Majlis.Inference;
using Majlis.Model;
using Majlis.Torch;

namespace Majlis.benchmarks;

static class DecodeBenchmark
{
    internal const string PeerVariable = "MAJLIS_PEER_LLAMA";

    const int Prompt = 512;
    const int Generate = 128;
    const int Repeats = 3;

    // Each request has its own salt, so that no prompt is found in the cache.
    static int requests;

    public static async Task<int> RunAsync(string model)
    {
        using var checkpoint = Checkpoint.Open(model);
        using var live = new LiveModel();
        var network = new TorchNetwork(checkpoint.Blueprint, checkpoint.Weights);
        var options = new EngineOptions();
        live.Swap(Loaded(network, options));
        await using var engine = new Engine(live, options, TimeProvider.System);
        foreach (var clients in new[] { 1, 8 })
        {
            var (prefill, decode) = await MedianAsync(engine, live, clients);
            var peer = Peer(model, Prompt, Generate, clients)?.GetRawText() ?? "null";
            var numbers = string.Create(CultureInfo.InvariantCulture, $"\"pp{Prompt}\": {prefill:0.0}, \"tg{Generate}\": {decode:0.0}");
            var what = $"\"model\": \"{Path.GetFileName(model)}\", \"dtype\": \"{network.DType}\", \"sequences\": {clients}";
            Console.WriteLine($"{{\"benchmark\": \"decode\", {what}, {numbers}, \"peer\": {peer}}}");
        }
        return 0;
    }

    /// <summary>The duration of one step of one sequence on the server's default backend, in milliseconds.</summary>
    internal static async Task<double> StepAsync(string model)
    {
        using var checkpoint = Checkpoint.Open(model);
        using var live = new LiveModel();
        var options = new EngineOptions();
        live.Swap(Loaded(ServedNetwork.Of(checkpoint), options));
        await using var engine = new Engine(live, options, TimeProvider.System);
        await ReadAsync(engine, live, 8, Generate); // warms up
        var (first, last) = await ReadAsync(engine, live, 8, Generate + 1);
        return Stopwatch.GetElapsedTime(first, last).TotalMilliseconds / Generate;
    }

    static LoadedModel Loaded(INetwork network, EngineOptions options) =>
        new(network, Math.Min(2048, network.Blueprint.MaxPositions), options)
        {
            Version = "decode",
            WeightsHash = "decode",
            Tokenizer = EngineBenchmark.NoText,
            Defaults = new([], null),
        };

    static async Task<(double Prefill, double Decode)> MedianAsync(Engine engine, LiveModel live, int clients)
    {
        List<double> prefills = [], decodes = [];
        for (var round = 0; round <= Repeats; round++)
        {
            var (prefill, decode) = (await PrefillAsync(engine, live), await DecodeAsync(engine, live, clients));
            if (round == 0) continue; // warms up
            prefills.Add(prefill);
            decodes.Add(decode);
        }
        return (prefills.Order().ElementAt(Repeats / 2), decodes.Order().ElementAt(Repeats / 2));
    }

    static async Task<double> PrefillAsync(Engine engine, LiveModel live)
    {
        var start = Stopwatch.GetTimestamp();
        await ReadAsync(engine, live, Prompt, 1);
        return Prompt / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    /// <summary>The tokens of all sequences over the time from the first token of any to the last token of all.</summary>
    static async Task<double> DecodeAsync(Engine engine, LiveModel live, int clients)
    {
        var times = await Task.WhenAll(Enumerable.Range(0, clients).Select(client =>
            ReadAsync(engine, live, client == 0 ? Prompt : 8, Generate + 1)));
        return clients * Generate / Stopwatch.GetElapsedTime(times.Max(time => time.First), times.Max(time => time.Last)).TotalSeconds;
    }

    internal static async Task<(long First, long Last)> ReadAsync(Engine engine, LiveModel live, int prompt, int tokens)
    {
        var times = await TimesAsync(engine, live, prompt, tokens);
        return (times[0], times[^1]);
    }

    /// <summary>When each token came.</summary>
    internal static async Task<List<long>> TimesAsync(Engine engine, LiveModel live, int prompt, int tokens)
    {
        using var lease = live.Lease()!;
        var request = new GenerationRequest(Pick(prompt), SamplingOptions.Greedy with { IgnoreEos = true }, tokens)
        {
            CacheSalt = FormattableString.Invariant($"{Interlocked.Increment(ref requests)}"),
        };
        var times = new List<long>(tokens);
        await foreach (var _ in engine.GenerateAsync(lease, request)) times.Add(Stopwatch.GetTimestamp());
        return times;
    }

    /// <summary>Fixed token ids: speed does not depend on the text.</summary>
    static int[] Pick(int count) => [.. Enumerable.Range(0, count).Select(i => 100 + i * 7919 % 4000)];

    /// <summary>The peer's JSON line; null where none is named, or it fails.</summary>
    static JsonElement? Peer(string model, int prompt, int generate, int clients) =>
        Environment.GetEnvironmentVariable(PeerVariable) is { Length: > 0 } command ? Ask(command, model, prompt, generate, clients) : null;

    /// <summary>The JSON line of a peer's command; null where it fails.</summary>
    internal static JsonElement? Ask(string command, string model, int prompt, int generate, int clients)
    {
        var arguments = FormattableString.Invariant(
            $"{command} '{Path.GetFullPath(model)}' {Environment.ProcessorCount} {prompt} {generate} {clients}");
        using var peer = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", arguments]) { RedirectStandardOutput = true })!;
        var output = peer.StandardOutput.ReadToEnd();
        peer.WaitForExit();
        return peer.ExitCode == 0 ? JsonDocument.Parse(output.Trim().Split('\n')[^1]).RootElement : null;
    }
}
