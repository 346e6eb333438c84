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

    const int WarmUps = 4;

    // A prompt of CpuNumbers.LongPrompt and little more: after one, the system has given every page of the cache.
    const int CacheTokens = 6400;

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
        live.Swap(Loaded(checkpoint, engine == Torch ? null : precision, options, CacheTokens));
        await using var running = new Engine(live, options, TimeProvider.System);
        await DecodeBenchmark.ReadAsync(running, live, CpuNumbers.ShortPrompt, 1);
        var first = TimeProvider.System.GetUtcNow() - Process.GetCurrentProcess().StartTime;
        // Until every page is there and the runtime has compiled everything for good, which it does in the background.
        var isLong = checkpoint.Blueprint.MaxPositions > CpuNumbers.LongPrompt;
        if (isLong) await TimedAsync(running, live, CpuNumbers.LongPrompt);
        for (var round = 0; round < WarmUps; round++) await DecodeAsync(running, live, CpuNumbers.Prompt);
        var prefill = await TimedAsync(running, live, CpuNumbers.Prompt);
        var decode = await DecodeAsync(running, live, CpuNumbers.ShortPrompt);
        var after = await DecodeAsync(running, live, CpuNumbers.Prompt);
        var memory = PeakMemory.Read("self") - before;
        var together = await TogetherAsync(running, live);
        var (wall, processor) = isLong ? await TimedAsync(running, live, CpuNumbers.LongPrompt) : (double.NaN, double.NaN);
        var weights = CpuNetwork.WeightBytes(checkpoint.Blueprint, checkpoint.Weights, precision);
        Console.WriteLine(new CpuNumbers(CpuNumbers.Prompt / prefill.Wall, decode, after, together, wall, processor, first.TotalSeconds,
            memory, weights, ReadBandwidth.Measure(weights)).Text());
        return 0;
    }

    /// <param name="precision">Of the cpu backend; null: the torch backend.</param>
    /// <param name="cacheTokens">How many tokens the cache holds; null: as the options say.</param>
    public static LoadedModel Loaded(Checkpoint checkpoint, WeightPrecision? precision, EngineOptions options, int? cacheTokens = null)
    {
        INetwork network = precision is { } own
            ? new CpuNetwork(checkpoint.Blueprint, checkpoint.Weights, new CpuOptions { Weights = own })
            : new TorchNetwork(checkpoint.Blueprint, checkpoint.Weights);
        if (cacheTokens is { } tokens) options = options with { CacheBytes = BytesOf(network, tokens) };
        return new(network, Math.Min(8192, checkpoint.Blueprint.MaxPositions), options)
        {
            Version = "cpu",
            WeightsHash = "cpu",
            Tokenizer = EngineBenchmark.NoText,
            Defaults = new([], null),
        };
    }

    static long BytesOf(INetwork network, int tokens)
    {
        var blocks = (tokens + network.BlockSize - 1) / network.BlockSize;
        return Enumerable.Range(0, network.Blueprint.CacheGroups.Length).Sum(group => blocks * network.BytesPerBlock(group));
    }

    static async Task<(double Wall, double Processor)> TimedAsync(Engine engine, LiveModel live, int prompt)
    {
        var (spent, start) = (Environment.CpuUsage.TotalTime, Stopwatch.GetTimestamp());
        await DecodeBenchmark.ReadAsync(engine, live, prompt, 1);
        return (Stopwatch.GetElapsedTime(start).TotalSeconds, (Environment.CpuUsage.TotalTime - spent).TotalSeconds);
    }

    /// <summary>Tokens a second of one client behind a prompt.</summary>
    static async Task<double> DecodeAsync(Engine engine, LiveModel live, int prompt)
    {
        var (from, to) = await DecodeBenchmark.ReadAsync(engine, live, prompt, CpuNumbers.Generate + 1);
        return CpuNumbers.Generate / Stopwatch.GetElapsedTime(from, to).TotalSeconds;
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
