// Encoders, reward heads and pooled decoders on the cpu backend, against transformers' numbers and the plain network.
using Majlis.Cpu;
using Majlis.Cpu.Weights;
using Majlis.Model;
using Majlis.Server.Models;
using Majlis.tests.Support;
using Majlis.tests.Torch;
using Majlis.Torch;
using Xunit;
using static Majlis.tests.Torch.ArchitectureCase;
using static TorchSharp.torch;

namespace Majlis.tests.Cpu;

[Trait("Golden", "Architectures")]
public sealed class CpuPooledTests
{
    public static TheoryData<string> Rewards => PooledGoldenTests.Rewards;

    public static TheoryData<string> Encoders => PooledGoldenTests.Encoders;

    /// <summary>
    /// Of scores between -2 and 2.3. What the cache alone rounds is far below what int8 does to weights and activations, which adds up over
    /// the layers of a network only 32 wide: 0.109 even with attention in fp32.
    /// </summary>
    [Theory, MemberData(nameof(Rewards))]
    public void Scores(string name)
    {
        using var golden = new ArchitectureCase(name);
        var expected = golden.Golden.GetProperty("scores").EnumerateArray().Select(score => score.GetDouble()).ToArray();
        foreach (var (precision, cache, tolerance) in ((WeightPrecision, CachePrecision, double)[])
            [(WeightPrecision.Float32, CachePrecision.Auto, 2e-5), (WeightPrecision.Float32, CachePrecision.Int16, 2e-3),
                (WeightPrecision.BFloat16, CachePrecision.Auto, 0.05), (WeightPrecision.Int8, CachePrecision.Auto, 0.15)])
        {
            using var network = Load(golden, precision, cache);
            var paged = new Paged(network, blocks: 128);
            using var result = paged.Step(LogitRows.None, Pooling.Score, [.. golden.Prompts.Select(prompt => (paged.Begin(), prompt, -1))]);
            var worst = expected.Select((score, i) => Math.Abs(result.ReadPooled(i)[0] - score)).Max();
            golden.Report($"scores, cpu {precision}, cache {cache}", worst, tolerance);
        }
    }

    [Theory, MemberData(nameof(Encoders))]
    public void Embeddings_of_the_first_token_type(string name)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        using var golden = new ArchitectureCase(name);
        var (blueprint, weights) = golden.Open();
        using var owner = weights;
        using var plain = new Transformer(blueprint, weights);
        var expected = golden.Prompts.Select(prompt => plain.MeanPooled(Ids(prompt))[0]).ToArray();
        foreach (var (precision, tolerance) in ((WeightPrecision, double)[])
            [(WeightPrecision.Float32, 2e-6), (WeightPrecision.BFloat16, 2e-6), (WeightPrecision.Int8, 0.02)])
        {
            using var network = Load(golden, precision);
            var paged = new Paged(network);
            foreach (var round in (int[])[1, 2])
            {
                using var result = paged.Step(LogitRows.None, Pooling.Mean,
                    [.. golden.Prompts.Take(golden.Prompts.Length * round / 2).Select(prompt => (paged.Begin(), prompt, -1))]);
                golden.Report($"embeddings, cpu {precision}, batch {round}", golden.Prompts.Take(golden.Prompts.Length * round / 2)
                    .Select((_, i) => 1 - Cosine(tensor(result.ReadPooled(i)), expected[i])).Max(), tolerance);
            }
        }
    }

    [Theory]
    [InlineData(Pooling.Mean)]
    [InlineData(Pooling.First)]
    [InlineData(Pooling.Last)]
    public void A_decoder_is_pooled_as_on_the_other_backend(Pooling pooling)
    {
        var blueprint = PagedEqualsPlainTests.Tiny("qwen3");
        using var weights = TinyModel.Weights(blueprint, seed: 3);
        using var ours = new CpuNetwork(blueprint, weights, new CpuOptions { Weights = WeightPrecision.Float32, Threads = 2 });
        using var theirs = new TorchNetwork(blueprint, weights, new TorchOptions { DType = ComputeType.Float32 });
        var (found, expected) = (Pooled(ours), Pooled(theirs));
        Assert.All(found.Zip(expected), pair => Assert.Equal(pair.First, pair.Second, 1e-4f));

        float[] Pooled(INetwork network)
        {
            var paged = new Paged(network);
            using var result = paged.Step(LogitRows.None, pooling, (paged.Begin(), [4, 8, 15], -1), (paged.Begin(), [16, 23, 42, 7], -1));
            return [.. result.ReadPooled(0), .. result.ReadPooled(1)];
        }
    }

    [Fact]
    public void A_score_behind_a_pooler_is_read_as_on_the_other_backend()
    {
        using var folder = new TemporaryFolder();
        using var cross = Checkpoint.Open(TinyEncoder.WriteCross(folder.Path));
        var blueprint = cross.Blueprint;
        Assert.True(blueprint.Pooler is { HasBias: true } && blueprint.Head is { HasBias: true });
        using var theirs = new TorchNetwork(blueprint, cross.Weights, new TorchOptions { DType = ComputeType.Float32 });
        var expected = Scores(theirs);
        foreach (var (precision, tolerance) in ((WeightPrecision, float)[])
            [(WeightPrecision.Float32, 1e-5f), (WeightPrecision.BFloat16, 1e-3f)])
        {
            using var ours = new CpuNetwork(blueprint, cross.Weights, new CpuOptions { Weights = precision, Threads = 2 });
            Assert.All(Scores(ours).Zip(expected), pair => Assert.Equal(pair.Second, pair.First, tolerance));
        }

        // More than a block of the head's rows.
        float[] Scores(INetwork network)
        {
            var paged = new Paged(network);
            using var result = paged.Step(LogitRows.None, Pooling.Score,
                [.. Enumerable.Range(0, 70).Select(i => (paged.Begin(), (int[])[2, 4 + i % 9, 5 + i % 7, 3], -1))]);
            return [.. Enumerable.Range(0, 70).Select(i => result.ReadPooled(i)[0])];
        }
    }

    static double Cosine(Tensor a, Tensor b) => ((a * b).sum() / (a.Squared().sum() * b.Squared().sum()).sqrt()).Number();

    static CpuNetwork Load(ArchitectureCase golden, WeightPrecision precision, CachePrecision cache = CachePrecision.Auto)
    {
        var (blueprint, weights) = golden.Open();
        using (weights) return new CpuNetwork(blueprint, weights, new CpuOptions { Weights = precision, Cache = cache, Threads = 2 });
    }
}
