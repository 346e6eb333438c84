// `cpu MODEL...`: the cpu backend beside the torch backend and, where MAJLIS_PEER_LLAMA names one (see DecodeBenchmark), a peer. All take
// turns, each measurement in a process of its own; medians. MAJLIS_CPU_WEIGHTS names precisions to measure, auto alone without it.
using System.Diagnostics;
using System.Globalization;
using Majlis.Cpu;
using Majlis.Cpu.Weights;
using Majlis.Inference;
using Majlis.Model;
using Majlis.Torch;

namespace Majlis.benchmarks;

static class CpuBenchmark
{
    const int Rounds = 5;
    const int Prompt = 512;
    const int LongPrompt = 6000;
    const int Generate = 128;
    const string Torch = "torch";

    /// <summary>
    /// Tokens a second of prefill and decoding, with their seconds of processor; seconds of wall and of processor for the long prompt;
    /// bytes of private memory before it.
    /// </summary>
    sealed record Measured(double Prefill, double PrefillProcessor, double Decode, double DecodeProcessor, double Wall, double Processor,
        double Private);

    public static int Run(string[] models)
    {
        var precisions = (Environment.GetEnvironmentVariable("MAJLIS_CPU_WEIGHTS") ?? nameof(WeightPrecision.Auto)).Split(',');
        string[] engines = [.. precisions, Torch];
        foreach (var model in models)
        {
            var found = engines.ToDictionary(engine => engine, _ => new List<Measured>());
            var peers = new List<Measured>();
            for (var round = 0; round < Rounds; round++)
            {
                foreach (var engine in engines) found[engine].Add(Child(engine, model));
                if (Peer(model) is { } peer) peers.Add(peer);
            }
            foreach (var engine in engines) Write(model, engine, found[engine], found[Torch], peers);
            if (peers.Count > 0) Write(model, "peer", peers, found[Torch], peers);
        }
        return 0;
    }

    /// <summary>`cpu-child ENGINE MODEL`: prints the seven numbers.</summary>
    public static async Task<int> RunChildAsync(string engine, string model)
    {
        using var checkpoint = Checkpoint.Open(model);
        using var live = new LiveModel();
        INetwork network = engine == Torch ? new TorchNetwork(checkpoint.Blueprint, checkpoint.Weights)
            : new CpuNetwork(checkpoint.Blueprint, checkpoint.Weights, new CpuOptions { Weights = Enum.Parse<WeightPrecision>(engine) });
        var options = new EngineOptions();
        live.Swap(new(network, Math.Min(8192, checkpoint.Blueprint.MaxPositions), options)
        {
            Version = "cpu",
            WeightsHash = "cpu",
            Tokenizer = EngineBenchmark.NoText,
            Defaults = new([], null),
        });
        await using var running = new Engine(live, options, TimeProvider.System);
        await DecodeBenchmark.ReadAsync(running, live, Prompt, 32); // warms up
        var prefill = await TimedAsync(Prompt, 1);
        var before = Environment.CpuUsage.TotalTime;
        var (first, last) = await DecodeBenchmark.ReadAsync(running, live, Prompt, Generate + 1);
        var (decode, used) = (Stopwatch.GetElapsedTime(first, last), Environment.CpuUsage.TotalTime - before);
        var memory = PeakMemory.Read("self");
        var isLong = checkpoint.Blueprint.MaxPositions > LongPrompt;
        var (wall, processor) = isLong ? await TimedAsync(LongPrompt, 1) : (double.NaN, double.NaN);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Prompt / prefill.Wall} {prefill.Processor} "
            + $"{Generate / decode.TotalSeconds} {used.TotalSeconds - prefill.Processor} {wall} {processor} {memory}"));
        return 0;

        async Task<(double Wall, double Processor)> TimedAsync(int prompt, int tokens)
        {
            var (spent, start) = (Environment.CpuUsage.TotalTime, Stopwatch.GetTimestamp());
            await DecodeBenchmark.ReadAsync(running, live, prompt, tokens);
            return (Stopwatch.GetElapsedTime(start).TotalSeconds, (Environment.CpuUsage.TotalTime - spent).TotalSeconds);
        }
    }

    static Measured Child(string engine, string model)
    {
        using var child = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["cpu-child", engine, model])
        {
            RedirectStandardOutput = true,
        })!;
        var line = child.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).LastOrDefault();
        child.WaitForExit();
        if (child.ExitCode != 0 || line is null) throw new InvalidOperationException($"{engine} with {model} ended with {child.ExitCode}.");
        var numbers = line.Split(' ').Select(number => double.Parse(number, CultureInfo.InvariantCulture)).ToArray();
        return new Measured(numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5], numbers[6]);
    }

    // The peer's long prompt is a run of its own, which tells tokens per second.
    static Measured? Peer(string model)
    {
        if (DecodeBenchmark.Peer(model, Prompt, Generate, 1) is not { } usual) return null;
        var prefill = DecodeBenchmark.Peer(model, LongPrompt, 1, 1) is { } one ? LongPrompt / Number(one, $"pp{LongPrompt}") : double.NaN;
        return new Measured(Number(usual, $"pp{Prompt}"), double.NaN, Number(usual, $"tg{Generate}"), double.NaN, prefill, double.NaN,
            double.NaN);

        static double Number(System.Text.Json.JsonElement line, string name) => line.GetProperty(name).GetDouble();
    }

    static void Write(string model, string engine, List<Measured> found, List<Measured> torch, List<Measured> peers)
    {
        var numbers = $"\"pp{Prompt}\": {Text(Of(found, one => one.Prefill))}, \"tg{Generate}\": {Text(Of(found, one => one.Decode))}";
        numbers += $", \"read{LongPrompt}_s\": {Text(Of(found, one => one.Wall))}, \"read{LongPrompt}_processor_s\": "
            + Text(Of(found, one => one.Processor)) + $", \"private_MB\": {Text(Of(found, one => one.Private) / 1e6)}";
        numbers += $", \"pp{Prompt}_processor_s\": {Text(Of(found, one => one.PrefillProcessor))}, \"tg{Generate}_processor_s\": "
            + Text(Of(found, one => one.DecodeProcessor));
        var processor = Of(torch, one => one.Processor) / Of(found, one => one.Processor);
        numbers += $", \"processor_to_torch\": {Text(processor)}, \"decode_to_peer\": "
            + Text(Of(found, one => one.Decode) / Of(peers, one => one.Decode));
        numbers += $", \"prefill_to_peer\": {Text(Of(found, one => one.Prefill) / Of(peers, one => one.Prefill))}";
        Console.WriteLine($"{{\"benchmark\": \"cpu\", \"model\": \"{Path.GetFileName(model)}\", \"engine\": \"{engine}\", {numbers}}}");
    }

    static double Of(List<Measured> all, Func<Measured, double> value) =>
        all.Count == 0 ? double.NaN : all.Select(value).Order().ElementAt(all.Count / 2);

    static string Text(double number) => double.IsNaN(number) ? "null" : number.ToString("0.00", CultureInfo.InvariantCulture);
}
