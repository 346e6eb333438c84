// `cpu-child ENGINE MODEL`: one measurement of `cpu`, in a process of its own, through the engine that serves requests.
using System.Diagnostics;
using Majlis.Cpu;
using Majlis.Cpu.Weights;
using Majlis.Inference;
using Majlis.Model;
using Majlis.Torch;

namespace Majlis.benchmarks;

static class CpuRun
{
    public const string Torch = "torch";

    /// <summary>Runs a child and reads what it found.</summary>
    public static CpuNumbers Start(string engine, string model)
    {
        using var child = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["cpu-child", engine, model])
        {
            RedirectStandardOutput = true,
        })!;
        var line = child.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).LastOrDefault();
        child.WaitForExit();
        if (child.ExitCode != 0 || line is null) throw new InvalidOperationException($"{engine} with {model} ended with {child.ExitCode}.");
        return CpuNumbers.Parse(line);
    }

    public static async Task<int> RunChildAsync(string engine, string model)
    {
        var before = PeakMemory.Read("self");
        using var checkpoint = Checkpoint.Open(model);
        using var live = new LiveModel();
        var precision = engine == Torch ? WeightPrecision.BFloat16 : Enum.Parse<WeightPrecision>(engine);
        var options = new EngineOptions();
        live.Swap(Loaded(checkpoint, engine == Torch ? null : precision, options));
        await using var running = new Engine(live, options, TimeProvider.System);
        await DecodeBenchmark.ReadAsync(running, live, CpuNumbers.ShortPrompt, 1);
        var first = TimeProvider.System.GetUtcNow() - Process.GetCurrentProcess().StartTime;
        await DecodeBenchmark.ReadAsync(running, live, CpuNumbers.Prompt, 32); // warms up
        var prefill = await TimedAsync(running, live, CpuNumbers.Prompt);
        var (from, to) = await DecodeBenchmark.ReadAsync(running, live, CpuNumbers.Prompt, CpuNumbers.Generate + 1);
        var decode = CpuNumbers.Generate / Stopwatch.GetElapsedTime(from, to).TotalSeconds;
        var memory = PeakMemory.Read("self") - before;
        var together = await TogetherAsync(running, live);
        var (wall, processor) = checkpoint.Blueprint.MaxPositions > CpuNumbers.LongPrompt
            ? await TimedAsync(running, live, CpuNumbers.LongPrompt) : (double.NaN, double.NaN);
        var weights = CpuNetwork.WeightBytes(checkpoint.Blueprint, checkpoint.Weights, precision);
        Console.WriteLine(new CpuNumbers(CpuNumbers.Prompt / prefill.Wall, decode, together, wall, processor, first.TotalSeconds, memory,
            weights, ReadBandwidth.Measure(weights)).Text());
        return 0;
    }

    /// <param name="precision">Of the cpu backend; null: the torch backend.</param>
    public static LoadedModel Loaded(Checkpoint checkpoint, WeightPrecision? precision, EngineOptions options)
    {
        INetwork network = precision is { } own
            ? new CpuNetwork(checkpoint.Blueprint, checkpoint.Weights, new CpuOptions { Weights = own })
            : new TorchNetwork(checkpoint.Blueprint, checkpoint.Weights);
        return new(network, Math.Min(8192, checkpoint.Blueprint.MaxPositions), options)
        {
            Version = "cpu",
            WeightsHash = "cpu",
            Tokenizer = EngineBenchmark.NoText,
            Defaults = new([], null),
        };
    }

    static async Task<(double Wall, double Processor)> TimedAsync(Engine engine, LiveModel live, int prompt)
    {
        var (spent, start) = (Environment.CpuUsage.TotalTime, Stopwatch.GetTimestamp());
        await DecodeBenchmark.ReadAsync(engine, live, prompt, 1);
        return (Stopwatch.GetElapsedTime(start).TotalSeconds, (Environment.CpuUsage.TotalTime - spent).TotalSeconds);
    }

    /// <summary>Tokens a second of all clients from the last one's first token to the first one's last.</summary>
    static async Task<double> TogetherAsync(Engine engine, LiveModel live)
    {
        var all = await Task.WhenAll(Enumerable.Range(0, CpuNumbers.Clients).Select(_ =>
            DecodeBenchmark.TimesAsync(engine, live, CpuNumbers.ShortPrompt, CpuNumbers.Generate)));
        var (start, end) = (all.Max(times => times[0]), all.Min(times => times[^1]));
        return all.Sum(times => times.Count(time => time > start && time <= end)) / Stopwatch.GetElapsedTime(start, end).TotalSeconds;
    }
}
