// `long-prompt MODEL`: the cost of reading 6,000 tokens, and what an answer and a prompt of 3,000 tokens cost each other, on the server's
// default backend. Each run has its own process. MAJLIS_PEER_BUILD names the benchmarks' executable of another build, which takes turns
// with this one.
using System.Diagnostics;
using System.Globalization;
using Majlis.Inference;
using Majlis.Model;

namespace Majlis.benchmarks;

static class LongPromptBenchmark
{
    const int Read = 6000;
    const int ReadBeside = 3000;
    const int Rounds = 3;

    // The usual step is that of so many tokens before the prompt is read, and as many after it.
    const int Usual = 60;

    /// <summary>
    /// Seconds, bytes, pauses in units of the usual step (the longest, the 99th of a hundred, and the longest while no prompt is read), and
    /// the prompt's time in units of its time alone.
    /// </summary>
    sealed record Measured(double Processor, double Wall, double Peak, double Pause, double Most, double Quiet, double Reading);

    public static int Run(string model)
    {
        var peer = Environment.GetEnvironmentVariable("MAJLIS_PEER_BUILD");
        List<Measured> ours = [], theirs = [];
        for (var round = 0; round < Rounds; round++)
        {
            ours.Add(Child(Environment.ProcessPath!, model));
            if (!string.IsNullOrEmpty(peer)) theirs.Add(Child(peer, model));
        }
        Write($"reading {Read} tokens, processor", ours, theirs, one => one.Processor, "s");
        Write($"reading {Read} tokens, wall", ours, theirs, one => one.Wall, "s");
        Write($"reading {Read} tokens, peak private memory", ours, theirs, one => one.Peak / 1e6, "MB");
        Write($"longest pause of an answer while {ReadBeside} tokens are read", ours, theirs, one => one.Pause, "usual steps");
        Write("the same, 99th percentile", ours, theirs, one => one.Most, "usual steps");
        Write("longest pause of that answer while nothing is read", ours, theirs, one => one.Quiet, "usual steps");
        Write($"reading {ReadBeside} tokens beside an answer", ours, theirs, one => one.Reading, "times alone");
        return 0;
    }

    /// <summary>`long-prompt-child MODEL`: prints the seven numbers.</summary>
    public static async Task<int> RunChildAsync(string model)
    {
        using var peak = new PeakMemory();
        using var checkpoint = Checkpoint.Open(model);
        using var live = new LiveModel();
        var options = new EngineOptions();
        live.Swap(new(ServedNetwork.Of(checkpoint), checkpoint.Blueprint.MaxPositions, options)
        {
            Version = "long",
            WeightsHash = "long",
            Tokenizer = EngineBenchmark.NoText,
            Defaults = new([], null),
        });
        await using var engine = new Engine(live, options, TimeProvider.System);
        await ReadAsync(engine, live, 100, 8, []); // warms up
        var (processor, start) = (Environment.CpuUsage.TotalTime, Stopwatch.GetTimestamp());
        await ReadAsync(engine, live, Read, 1, []);
        var (used, wall, bytes) = (Environment.CpuUsage.TotalTime - processor, Stopwatch.GetElapsedTime(start), peak.Bytes);
        start = Stopwatch.GetTimestamp();
        await ReadAsync(engine, live, ReadBeside, 1, []);
        var alone = Stopwatch.GetElapsedTime(start);
        var (pauses, beside) = await PauseAsync(engine, live);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{used.TotalSeconds} {wall.TotalSeconds} {bytes} {string.Join(' ', pauses)} {beside / alone}"));
        return 0;
    }

    /// <summary>
    /// The times between two tokens of an answer while a prompt is read, the longest and the 99th of a hundred, and the longest before and
    /// after, each divided by the median before and after; and the time in which the prompt is read.
    /// </summary>
    static async Task<(double[] Pauses, TimeSpan Reading)> PauseAsync(Engine engine, LiveModel live)
    {
        List<long> written = [];
        using var enough = new CancellationTokenSource();
        var writing = ReadAsync(engine, live, 20, 4000, written, enough.Token);
        while (Count() < Usual) await Task.Delay(5);
        var (first, start) = (Count(), Stopwatch.GetTimestamp());
        await ReadAsync(engine, live, ReadBeside + 1, 1, []);
        var (last, reading) = (Count(), Stopwatch.GetElapsedTime(start));
        while (Count() < last + Usual) await Task.Delay(5);
        await enough.CancelAsync();
        await writing;
        var gaps = written.Zip(written.Skip(1), (one, next) => (double)(next - one)).ToArray();
        double[] beside = [.. gaps[first..last].Order()];
        double[] usual = [.. gaps[10..(first - 1)].Concat(gaps[(last + 1)..(last + Usual - 1)]).Order()];
        var pauses = new[] { beside[^1], beside[beside.Length * 99 / 100], usual[^1] };
        return (Array.ConvertAll(pauses, gap => gap / usual[usual.Length / 2]), reading);

        int Count()
        {
            lock (written) return written.Count;
        }
    }

    static async Task ReadAsync(Engine engine, LiveModel live, int prompt, int tokens, List<long> times, CancellationToken enough = default)
    {
        using var lease = live.Lease()!;
        // Each length has its own prompt, so that none is found in the cache.
        var request = new GenerationRequest([.. Enumerable.Range(0, prompt).Select(i => 100 + (i * 7919 + prompt) % 4000)],
            SamplingOptions.Greedy with { IgnoreEos = true }, tokens)
        { CacheSalt = prompt.ToString(CultureInfo.InvariantCulture) };
        try
        {
            await foreach (var _ in engine.GenerateAsync(lease, request, enough))
                lock (times) times.Add(Stopwatch.GetTimestamp());
        }
        catch (OperationCanceledException)
        {
            // Enough was generated.
        }
    }

    static Measured Child(string executable, string model)
    {
        using var child = Process.Start(new ProcessStartInfo(executable, ["long-prompt-child", model]) { RedirectStandardOutput = true })!;
        var line = child.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).LastOrDefault();
        child.WaitForExit();
        if (child.ExitCode != 0 || line is null) throw new InvalidOperationException($"{executable} ended with {child.ExitCode}.");
        var numbers = line.Split(' ').Select(number => double.Parse(number, CultureInfo.InvariantCulture)).ToArray();
        return new Measured(numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5], numbers[6]);
    }

    static void Write(string name, List<Measured> ours, List<Measured> theirs, Func<Measured, double> value, string unit)
    {
        var (one, other) = (Median(ours), theirs.Count == 0 ? double.NaN : Median(theirs));
        var peer = double.IsNaN(other) ? "\"peer\": null, \"ratio\": null"
            : FormattableString.Invariant($"\"peer\": {other:0.00}, \"ratio\": {other / one:0.00}");
        Console.WriteLine(FormattableString.Invariant($"{{\"name\": \"{name}\", \"ours\": {one:0.00}, {peer}, \"unit\": \"{unit}\"}}"));

        double Median(List<Measured> all) => all.Select(value).Order().ElementAt(all.Count / 2);
    }
}
