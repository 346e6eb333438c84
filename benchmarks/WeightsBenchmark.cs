// `weights MODEL`: milliseconds to open a model and to convert all its numbers to fp32, on one thread and on two; wall and processor time.
using System.Diagnostics;
using System.Globalization;
using Majlis.Model;

namespace Majlis.benchmarks;

static class WeightsBenchmark
{
    const int Chunk = 1 << 20;
    const int Repeats = 5;

    public static int Run(string model)
    {
        var opening = Stopwatch.StartNew();
        using var checkpoint = Checkpoint.Open(model);
        var opened = opening.Elapsed.TotalMilliseconds;
        var chunks = checkpoint.Weights.Tensors.Values.SelectMany(Split).ToArray();
        var numbers = chunks.Sum(chunk => (long)chunk.Count);
        foreach (var threads in new[] { 1, 2 })
        {
            var runs = Enumerable.Range(0, Repeats).Select(_ => Widen(checkpoint.Weights, chunks, threads)).OrderBy(run => run.Wall)
                .ToArray();
            var (wall, processor) = runs[Repeats / 2];
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{{\"benchmark\": \"weights\", \"model\": \"{Path.GetFileName(model)}\", \"open_ms\": {opened:0}, " +
                $"\"numbers\": {numbers}, \"threads\": {threads}, \"widen_ms\": {wall:0}, " +
                $"\"processor_ms\": {processor:0}, \"gigabytes_out_per_s\": {numbers * 4 / wall / 1e6:0.0}}}"));
        }
        return 0;
    }

    static (double Wall, double Processor) Widen(IWeightSource weights, (TensorInfo Tensor, long First, int Count)[] chunks, int threads)
    {
        var (processor, wall) = (Environment.CpuUsage.TotalTime, Stopwatch.StartNew());
        var longest = chunks.Max(chunk => chunk.Count);
        Parallel.ForEach(chunks, new ParallelOptions { MaxDegreeOfParallelism = threads }, () => new float[longest], (chunk, _, buffer) =>
        {
            weights.Read(chunk.Tensor.Name, chunk.First, buffer.AsSpan(0, chunk.Count));
            return buffer;
        }, _ => { });
        return (wall.Elapsed.TotalMilliseconds, (Environment.CpuUsage.TotalTime - processor).TotalMilliseconds);
    }

    /// <summary>Whole rows, about a million numbers at a time.</summary>
    static IEnumerable<(TensorInfo Tensor, long First, int Count)> Split(TensorInfo tensor)
    {
        var row = tensor.Shape.IsEmpty ? 1 : tensor.Shape[^1];
        var step = Math.Max(1, Chunk / row) * row;
        for (var first = 0L; first < tensor.Elements; first += step)
            yield return (tensor, first, (int)Math.Min(step, tensor.Elements - first));
    }
}
