// `memory [MODEL ...]`: peak private memory and time to the first token, each in its own process, minus what the same process needs for a
// tiny model. Compared with the weights in the compute type plus the cache. Without MODEL: a generated folder of 2 GB.
using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Majlis.Model;
using Majlis.Torch;

namespace Majlis.benchmarks;

static class MemoryBenchmark
{
    const int CacheTokens = 2048;

    /// <summary>Small weights that repeat: their values do not matter for memory.</summary>
    static readonly float[] weights = [.. Enumerable.Range(0, 1 << 16).Select(i => (i % 97 - 48) / 5000f)];

    /// <summary>A child's results, in bytes and milliseconds.</summary>
    sealed record Measured(long Peak, long Needed, double Ready, double Processor);

    public static int Run(string[] models)
    {
        var scratch = Directory.CreateTempSubdirectory("majlis-memory-").FullName;
        try
        {
            var tiny = Child(GeneratedModel.Write(
                Path.Combine(scratch, "tiny"), hidden: 64, inner: 128, layers: 2, vocabulary: 256, weights));
            if (models.Length == 0)
                models = [GeneratedModel.Write(
                    Path.Combine(scratch, "two-gigabytes"), hidden: 2048, inner: 5632, layers: 20, vocabulary: 32000, weights)];
            foreach (var model in models)
            {
                var measured = Child(model);
                var peak = measured.Peak - (tiny.Peak - tiny.Needed);
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"{{\"benchmark\": \"memory\", \"model\": \"{Path.GetFileName(model)}\", \"peak_private_mb\": {peak / 1e6:0.0}, " +
                    $"\"weights_and_cache_mb\": {measured.Needed / 1e6:0.0}, \"ratio\": {(double)peak / measured.Needed:0.000}, " +
                    $"\"first_token_ms\": {measured.Ready:0}, \"processor_ms\": {measured.Processor:0}}}"));
            }
            return 0;
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }

    /// <summary>`memory-child MODEL`: opens it, allocates a cache, computes one token, and prints the three numbers.</summary>
    public static int RunChild(string model)
    {
        using var peak = new PeakMemory();
        using var checkpoint = Checkpoint.Open(model);
        using var network = new TorchNetwork(checkpoint.Blueprint, checkpoint.Weights);
        var blocks = checkpoint.Blueprint.CacheGroups.Select(_ => CacheTokens / network.BlockSize).ToArray();
        network.AllocateCache(blocks);
        var tables = ImmutableArray.CreateRange(blocks.Select(_ => ImmutableArray.Create(0)));
        using (var result = network.Forward(new() { Tokens = [1], Positions = [0], Spans = [new SequenceSpan(0, 1, 0, tables)] }))
            result.ReadLogits(0, new float[checkpoint.Blueprint.VocabularySize]);
        var ready = (TimeProvider.System.GetUtcNow() - Process.GetCurrentProcess().StartTime).TotalMilliseconds;
        var processor = Environment.CpuUsage.TotalTime.TotalMilliseconds;
        var perNumber = network.DType == ComputeType.BFloat16 ? 2L : 4L;
        var bytes = checkpoint.Blueprint.Tensors().Values.Sum(shape =>
            shape.Aggregate(1L, (product, size) => product * size)) * perNumber;
        var cache = blocks.Select((count, group) => count * network.BytesPerBlock(group)).Sum();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{peak.Bytes} {bytes + cache} {ready} {processor}"));
        return 0;
    }

    static Measured Child(string model)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(start.FileName) == "dotnet") start.ArgumentList.Add(typeof(MemoryBenchmark).Assembly.Location);
        start.ArgumentList.Add("memory-child");
        start.ArgumentList.Add(model);
        using var child = Process.Start(start)!;
        var line = child.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).LastOrDefault();
        child.WaitForExit();
        if (child.ExitCode != 0 || line is null)
            throw new InvalidOperationException($"The process that opened {model} ended with {child.ExitCode}.");
        var numbers = line.Split(' ').Select(number => double.Parse(number, CultureInfo.InvariantCulture)).ToArray();
        return new Measured((long)numbers[0], (long)numbers[1], numbers[2], numbers[3]);
    }
}
