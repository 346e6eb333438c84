// `quality MODEL TEXT...`: what each precision of the cpu backend costs in quality, against fp32 on the same texts: perplexity and the mean
// Kullback-Leibler divergence of the next token's distribution. Times nothing.
using System.Collections.Immutable;
using System.Globalization;
using Majlis.Cpu;
using Majlis.Cpu.Weights;
using Majlis.Model;

namespace Majlis.benchmarks;

static class QualityBenchmark
{
    const int Tokens = 512;

    static readonly (WeightPrecision Weights, CachePrecision Cache)[] measured =
    [
        (WeightPrecision.Float32, CachePrecision.Auto), (WeightPrecision.Float32, CachePrecision.Int16),
        (WeightPrecision.Float32, CachePrecision.Int8), (WeightPrecision.BFloat16, CachePrecision.Int16),
        (WeightPrecision.BFloat16, CachePrecision.Int8), (WeightPrecision.Auto, CachePrecision.Int16),
        (WeightPrecision.Auto, CachePrecision.Int8), (WeightPrecision.Int8, CachePrecision.Int16),
        (WeightPrecision.Int8, CachePrecision.Int8), (WeightPrecision.Int4, CachePrecision.Int16),
        (WeightPrecision.Int4, CachePrecision.Int8),
    ];

    public static int Run(string model, string[] files)
    {
        using var checkpoint = Checkpoint.Open(model);
        var tokenizer = checkpoint.Tokenizer ?? throw new InvalidOperationException($"{model} has no tokenizer.");
        foreach (var file in files)
        {
            var ids = tokenizer.Encode(File.ReadAllText(file), addSpecialTokens: true).Take(Tokens).ToArray();
            float[][]? wide = null;
            foreach (var (weights, cache) in measured)
            {
                var found = LogProbabilities(checkpoint, ids, new CpuOptions { Weights = weights, Cache = cache });
                wide ??= found;
                var divergence = wide.Zip(found).Average(rows => rows.First.Zip(rows.Second)
                    .Sum(pair => Math.Exp(pair.First) * (pair.First - (double)pair.Second)));
                var perplexity = Math.Exp(-found.SkipLast(1).Select((row, at) => (double)row[ids[at + 1]]).Average());
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"{{\"benchmark\": \"quality\", \"text\": \"{Path.GetFileName(file)}\", "
                    + $"\"tokens\": {ids.Length}, \"weights\": \"{weights}\", \"cache\": \"{cache}\", \"perplexity\": {perplexity:0.000}, "
                    + $"\"divergence\": {divergence:0.00000}}}"));
            }
        }
        return 0;
    }

    // [T][V]
    static float[][] LogProbabilities(Checkpoint checkpoint, int[] ids, CpuOptions options)
    {
        using var network = new CpuNetwork(checkpoint.Blueprint, checkpoint.Weights, options);
        var blocks = (ids.Length + network.BlockSize - 1) / network.BlockSize;
        network.AllocateCache([.. checkpoint.Blueprint.CacheGroups.Select(_ => blocks)]);
        ImmutableArray<int> table = [.. Enumerable.Range(0, blocks)];
        using var result = network.Forward(new ForwardBatch
        {
            Tokens = ids,
            Positions = [.. Enumerable.Range(0, ids.Length)],
            Spans = [new SequenceSpan(0, ids.Length, 0, [.. checkpoint.Blueprint.CacheGroups.Select(_ => table)])],
            Rows = LogitRows.All,
        });
        return [.. Enumerable.Range(0, result.RowCount).Select(row =>
        {
            var logits = new float[checkpoint.Blueprint.VocabularySize];
            result.ReadLogits(row, logits);
            var most = logits.Max();
            var log = most + Math.Log(logits.Sum(logit => Math.Exp(logit - most)));
            return Array.ConvertAll(logits, logit => (float)(logit - log));
        })];
    }
}
