// What the cpu backend promises beyond the goldens: the same bits on any number of threads, in any company and however a prompt is cut;
// remains in cache blocks do no harm; what it does not do is refused by name.
using Majlis.Cpu;
using Majlis.Cpu.Weights;
using Majlis.Model;
using Majlis.tests.Torch;
using Majlis.Text;
using Xunit;

namespace Majlis.tests.Cpu;

public sealed class CpuNetworkTests
{
    public static TheoryData<string, WeightPrecision, CachePrecision> Kinds
    {
        get
        {
            var kinds = new TheoryData<string, WeightPrecision, CachePrecision>();
            foreach (var family in (string[])["llama", "cohere2", "gemma2", "olmo2", "phi3"])
            {
                foreach (var precision in Enum.GetValues<WeightPrecision>()) kinds.Add(family, precision, CachePrecision.Auto);
                kinds.Add(family, WeightPrecision.Int8, CachePrecision.Int8);
            }
            return kinds;
        }
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Threads_company_and_chunks_change_no_bit(string family, WeightPrecision precision, CachePrecision cache)
    {
        var expected = Logits(family, precision, cache, threads: 1, chunk: 1000, company: 0);
        foreach (var (threads, chunk, company) in ((int, int, int)[])[(3, 1000, 0), (2, 1, 0), (2, 7, 2), (1, 33, 5)])
            Assert.Equal(expected, Logits(family, precision, cache, threads, chunk, company));
    }

    /// <summary>Several stretches of keys, which threads share where there is little else to do.</summary>
    [Theory]
    [InlineData("llama", CachePrecision.Int16)]
    [InlineData("llama", CachePrecision.Int8)]
    [InlineData("llama", CachePrecision.Auto)]
    [InlineData("cohere2", CachePrecision.Int16)]
    public void Threads_company_and_chunks_change_no_bit_behind_many_keys(string family, CachePrecision cache)
    {
        const int Many = 700;
        var expected = Logits(family, WeightPrecision.Float32, cache, threads: 1, chunk: 1000, company: 0, Many);
        foreach (var (threads, chunk, company) in ((int, int, int)[])[(3, 1000, 0), (2, 1, 0), (3, 4, 0), (4, 6, 1)])
            Assert.Equal(expected, Logits(family, WeightPrecision.Float32, cache, threads, chunk, company, Many));
    }

    [Fact]
    public void A_result_that_the_next_step_has_overwritten_is_not_read()
    {
        var blueprint = PagedEqualsPlainTests.Tiny("llama");
        using var weights = TinyModel.Weights(blueprint, seed: 3);
        using var network = new CpuNetwork(blueprint, weights, new CpuOptions { Threads = 1 });
        network.AllocateCache([4]);
        ForwardResult Step(int token, int block) => network.Forward(new()
        {
            Tokens = [token],
            Positions = [0],
            Spans = [new(0, 1, 0, [[block]])],
        });
        using var first = Step(5, 0);
        var logits = new float[blueprint.VocabularySize];
        first.ReadLogits(0, logits);
        using var second = Step(6, 1);
        var stale = Assert.Throws<InvalidOperationException>(() => first.ReadLogits(0, logits));
        Assert.Contains("next step", stale.Message, StringComparison.Ordinal);
        second.ReadLogits(0, logits);
    }

    /// <summary>Remains of one sequence in its blocks lie behind the next one's mask, and NaN times zero is NaN.</summary>
    [Theory]
    [InlineData(WeightPrecision.Float32, CachePrecision.Auto)]
    [InlineData(WeightPrecision.BFloat16, CachePrecision.Int16)]
    [InlineData(WeightPrecision.BFloat16, CachePrecision.Int8)]
    public void Numbers_that_are_not_finite_do_not_outlive_their_sequence(WeightPrecision precision, CachePrecision cache)
    {
        var options = new CpuOptions { Weights = precision, Cache = cache, Threads = 1 };
        const int poison = 95;
        var blueprint = PagedEqualsPlainTests.Tiny("llama");
        using var weights = TinyModel.Weights(blueprint, seed: 3);
        using var clean = new CpuNetwork(blueprint, weights, options);
        weights["model.embed_tokens.weight"].AsSpan(poison * blueprint.HiddenSize, blueprint.HiddenSize).Fill(float.NaN);
        using var network = new CpuNetwork(blueprint, weights, options with { Threads = 2 });
        var expected = Last(clean, [5, 6, 7]);
        Assert.False(float.IsFinite(Last(network, [.. Enumerable.Repeat(poison, 60)])[0]));
        Assert.Equal(expected, Last(network, [5, 6, 7]));

        float[] Last(CpuNetwork on, int[] tokens)
        {
            if (on == clean || tokens.Length > 3) on.AllocateCache([4]);
            using var result = on.Forward(new ForwardBatch
            {
                Tokens = tokens,
                Positions = [.. Enumerable.Range(0, tokens.Length)],
                Spans = [new SequenceSpan(0, tokens.Length, 0, [[0, 1, 2, 3]])],
            });
            var row = new float[blueprint.VocabularySize];
            result.ReadLogits(0, row);
            return row;
        }
    }

    [Fact]
    public void A_missing_cache_block_and_what_is_not_served_are_named()
    {
        var blueprint = PagedEqualsPlainTests.Tiny("llama");
        using var weights = TinyModel.Weights(blueprint, seed: 3);
        using var network = new CpuNetwork(blueprint, weights, new CpuOptions { Threads = 2 });
        network.AllocateCache([4]);
        var batch = new ForwardBatch { Tokens = [1], Positions = [0], Spans = [new SequenceSpan(0, 1, 0, [[-1]])] };
        var failed = Assert.ThrowsAny<Exception>(() => network.Forward(batch));
        Assert.Contains("no block 0 in cache group 0", failed.Message, StringComparison.Ordinal);
        Assert.Contains("no adapter 0", Assert.Throws<ArgumentException>(() =>
            network.Forward(batch with { Spans = [new SequenceSpan(0, 1, 0, [[0]], Adapter: 0)] })).Message, StringComparison.Ordinal);
        failed = Assert.ThrowsAny<Exception>(() => network.Forward(batch with
        {
            Positions = [20],
            Spans = [new SequenceSpan(0, 1, 20, [[-1, 1]])],
        }));
        Assert.Contains("no block 0, which its tokens attend to", failed.Message, StringComparison.Ordinal);
        using var result = network.Forward(batch with { Spans = [new SequenceSpan(0, 1, 0, [[0]])] });
        Assert.Equal(1, result.RowCount);

        var uneven = blueprint with
        {
            Layers = blueprint.Layers.SetItem(1, blueprint.Layers[1] with
            {
                Mlp = blueprint.Layers[1].Mlp with { Down = blueprint.Layers[1].Mlp.Down with { Inputs = 8 } },
            })
        };
        Assert.Contains("--backend torch", Assert.Throws<ModelFormatException>(() => new CpuNetwork(uneven, weights)).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(float.NaN, "diverged")]
    [InlineData(float.NegativeInfinity, "diverged")]
    [InlineData(float.MaxValue, "--weights bf16")]
    public void A_weight_that_no_scale_holds_is_named_with_what_helps(float bad, string advice)
    {
        var blueprint = PagedEqualsPlainTests.Tiny("llama");
        using var weights = TinyModel.Weights(blueprint, seed: 3);
        weights["model.layers.1.mlp.up_proj.weight"][70] = bad;
        var refused = Assert.Throws<ModelFormatException>(() => new CpuNetwork(blueprint, weights));
        Assert.Contains("'model.layers.1.mlp.up_proj.weight', row 2", refused.Message, StringComparison.Ordinal);
        Assert.Contains(advice, refused.Message, StringComparison.Ordinal);
    }

    // [T, V] of a sequence, beside others.
    static float[][] Logits(string family, WeightPrecision precision, CachePrecision cache, int threads, int chunk, int company,
        int tokens = 70)
    {
        var blueprint = PagedEqualsPlainTests.Tiny(family);
        using var weights = TinyModel.Weights(blueprint, seed: 7);
        using var network = new CpuNetwork(blueprint, weights, new CpuOptions
        {
            Weights = precision,
            Cache = cache,
            Threads = threads,
        });
        var paged = new Paged(network, shuffle: chunk);
        var ids = Enumerable.Range(0, tokens).Select(i => i * 37 % 96).ToArray();
        var text = paged.Begin(ids.Length);
        var others = Enumerable.Range(0, company).Select(_ => paged.Begin(ids.Length)).ToArray();
        var found = new List<float[]>();
        for (var at = 0; at < ids.Length; at += chunk)
        {
            var end = Math.Min(ids.Length, at + chunk);
            using var result = paged.Step(LogitRows.All,
                [.. others.Select((other, i) => (other, ids[i..(i + 1 + i % 2)])), (text, ids[at..end])]);
            for (var row = result.RowCount - (end - at); row < result.RowCount; row++)
            {
                found.Add(new float[blueprint.VocabularySize]);
                result.ReadLogits(row, found[^1]);
            }
        }
        return [.. found];
    }
}
