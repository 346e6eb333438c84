// In fixed shapes a sequence's numbers are the same bits alone, beside others and in other chunks, in bf16 and in fp32.
using Majlis.Model;
using Majlis.Torch;
using Xunit;
using static Majlis.tests.Torch.PagedEqualsPlainTests;

namespace Majlis.tests.Torch;

public sealed class FixedShapeTests
{
    public static TheoryData<string, ComputeType> Cases => new()
    {
        { "llama", ComputeType.BFloat16 }, { "llama", ComputeType.Float32 }, { "gemma2", ComputeType.BFloat16 },
        { "mistral", ComputeType.BFloat16 }, { "cohere2", ComputeType.Float32 },
    };

    [Theory, MemberData(nameof(Cases))]
    public void The_same_bits_in_any_company_and_any_chunks(string family, ComputeType type)
    {
        var blueprint = Tiny(family);
        using var weights = TinyModel.Weights(blueprint, 7);
        using var network = new TorchNetwork(blueprint, weights, new TorchOptions { DType = type, BlockSize = 4 });
        var ids = Draw(new Random(1), 96, 100);
        var alone = Rows(network, ids, company: 0, [100]);
        foreach (var chunks in (int[][])[[60, 40], [31, 1, 1, 17, 30, 20], [40, .. Enumerable.Repeat(1, 60)]])
            Assert.Equal(alone, Rows(network, ids, company: chunks.Length % 4, chunks));
    }

    [Theory]
    [InlineData("llama")]
    [InlineData("qwen3")]
    [InlineData("gemma2")]
    [InlineData("gemma3_text")]
    [InlineData("smollm3")]
    public void The_same_network(string family)
    {
        var blueprint = Tiny(family);
        using var weights = TinyModel.Weights(blueprint, 7);
        using var plain = new Transformer(blueprint, weights);
        using var network = new TorchNetwork(blueprint, weights, new TorchOptions { DType = ComputeType.Float32, BlockSize = 4 });
        var ids = Draw(new Random(1), 96, 90);
        var expected = All(plain, ids);
        var found = Rows(network, ids, company: 2, [10, 1, 60, 19]);
        Assert.InRange(expected.Zip(found).Max(pair => pair.First.Zip(pair.Second).Max(one => Math.Abs(one.First - one.Second))), 0, 1e-4);
    }

    [Fact]
    public void Nothing_is_pooled_in_them()
    {
        var blueprint = Tiny("llama");
        using var weights = TinyModel.Weights(blueprint, 7);
        using var network = new TorchNetwork(blueprint, weights);
        network.AllocateCache([4]);
        Assert.Throws<ArgumentException>(() => network.Forward(new()
        {
            Tokens = [1],
            Positions = [0],
            Spans = [new SequenceSpan(0, 1, 0, [[0]])],
            IsDeterministic = true,
            Pooling = Pooling.Mean,
        }));
    }

    // The logits of every token. The sequence is fed in chunks, beside others that get up to nine tokens per step.
    static float[][] Rows(TorchNetwork network, int[] ids, int company, int[] chunks)
    {
        var paged = new Paged(network, blocks: 400, shuffle: chunks.Length) { IsDeterministic = true };
        var (text, random, at) = (paged.Begin(known: ids.Length), new Random(chunks.Length), 0);
        var others = Enumerable.Range(0, company).Select(_ => paged.Begin()).ToArray();
        var logits = new List<float[]>();
        foreach (var chunk in chunks)
        {
            var beside = others.Select(other => (other, Draw(random, 96, 1 + random.Next(9)))).ToArray();
            var before = beside.Take(company / 2).Sum(item => item.Item2.Length);
            using var result = paged.Step(LogitRows.All,
                [.. beside.Take(company / 2), (text, ids[at..(at += chunk)]), .. beside.Skip(company / 2)]);
            for (var i = 0; i < chunk; i++)
            {
                var row = new float[network.Blueprint.VocabularySize];
                result.ReadLogits(before + i, row);
                logits.Add(row);
            }
        }
        return [.. logits];
    }
}
