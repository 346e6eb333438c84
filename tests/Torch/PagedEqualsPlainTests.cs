// In any batch the serving network equals the plain transformer: random mixes of prefill and decode, windows, chunk and block borders,
// soft-caps, partial rotation, norms on q and k.
using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Majlis.Model;
using Majlis.Torch;
using TorchSharp;
using Xunit;
using static Majlis.tests.Torch.ArchitectureCase;
using static TorchSharp.torch;

namespace Majlis.tests.Torch;

public sealed class PagedEqualsPlainTests
{
    public static TheoryData<string, int, int> Cases
    {
        get
        {
            var cases = new TheoryData<string, int, int>();
            foreach (var family in (string[])["llama", "mistral", "qwen2", "qwen3", "cohere", "cohere2", "gemma2", "gemma3_text", "olmo2",
                "phi3", "smollm3"])
                for (var seed = 0; seed < 2; seed++)
                    cases.Add(family, seed == 0 ? 4 : 1 + family.Length % 7, seed);
            return cases;
        }
    }

    /// <summary>Remains of one sequence in its blocks lie behind the next one's mask, and NaN times zero is NaN.</summary>
    [Fact]
    public void Numbers_that_are_not_finite_do_not_outlive_their_sequence()
    {
        const int poison = 95;
        var blueprint = Tiny("llama");
        using var weights = TinyModel.Weights(blueprint, seed: 3);
        weights["model.embed_tokens.weight"].AsSpan(poison * blueprint.HiddenSize, blueprint.HiddenSize).Fill(float.NaN);
        using var plain = new Transformer(blueprint, weights);
        using var network = new TorchNetwork(blueprint, weights, new TorchOptions { DType = ComputeType.Float32, BlockSize = 8 });
        network.AllocateCache([4]);
        int[] first = [5, 6, 7], second = [.. Enumerable.Range(20, 12)];
        Assert.False(float.IsFinite(Step((Enumerable.Repeat(poison, 32).ToArray(), 0, [0, 1, 2, 3]))[0][0]));
        Step((first[..1], 0, [0]), (second[..10], 0, [2, 3]));
        Check(first, 1, Step((first[1..2], 1, [0]))[0]);
        var both = Step((first[2..], 2, [0]), (second[10..11], 10, [2, 3]));
        Check(first, 2, both[0]);
        Check(second, 10, both[1]);

        float[][] Step(params (int[] Tokens, int Cached, ImmutableArray<int> Blocks)[] work)
        {
            var (spans, at) = (new List<SequenceSpan>(), 0);
            foreach (var (tokens, cached, blocks) in work)
            {
                spans.Add(new SequenceSpan(at, tokens.Length, cached, [blocks]));
                at += tokens.Length;
            }
            using var result = network.Forward(new ForwardBatch
            {
                Tokens = [.. work.SelectMany(item => item.Tokens)],
                Positions = [.. work.SelectMany(item => Enumerable.Range(item.Cached, item.Tokens.Length))],
                Spans = [.. spans],
            });
            var logits = work.Select(_ => new float[blueprint.VocabularySize]).ToArray();
            for (var row = 0; row < work.Length; row++) result.ReadLogits(row, logits[row]);
            return logits;
        }

        void Check(int[] text, int at, float[] logits) =>
            Assert.InRange(logits.Zip(All(plain, text)[at]).Max(pair => Math.Abs(pair.First - pair.Second)), 0, 1e-4);
    }

    [Theory, MemberData(nameof(Cases))]
    public void Random_batches(string family, int blockSize, int seed)
    {
        var blueprint = Tiny(family);
        using var weights = TinyModel.Weights(blueprint, seed);
        using var plain = new Transformer(blueprint, weights);
        using var network = new TorchNetwork(blueprint, weights, new TorchOptions { DType = ComputeType.Float32, BlockSize = blockSize });
        var paged = new Paged(network, blocks: 400 / blockSize, shuffle: seed == 0 ? 5 : null);
        var random = new Random(seed + 100 * blockSize);
        var texts = Enumerable.Range(0, 4).Select(_ => (Paged: paged.Begin(), Ids: Draw(random, 96, 20 + random.Next(40)), At: 0))
            .ToArray();
        var logits = texts.Select(text => All(plain, text.Ids)).ToArray();
        var row = new float[blueprint.VocabularySize];
        var worst = 0.0;
        while (texts.Any(text => text.At < text.Ids.Length))
        {
            var chosen = Enumerable.Range(0, texts.Length).Where(i => texts[i].At < texts[i].Ids.Length && random.Next(3) > 0).ToArray();
            random.Shuffle(chosen);
            if (chosen.Length == 0) continue;
            var counts = chosen.Select(i => Math.Min(texts[i].Ids.Length - texts[i].At, random.Next(3) > 0 ? 1 : 1 + random.Next(17)))
                .ToArray();
            using var result = paged.Step(LogitRows.All,
                [.. chosen.Zip(counts)
                .Select(pair => (texts[pair.First].Paged,
                texts[pair.First].Ids[texts[pair.First].At..(texts[pair.First].At + pair.Second)]))]);
            var r = 0;
            for (var c = 0; c < chosen.Length; c++)
                for (var i = 0; i < counts[c]; i++)
                {
                    result.ReadLogits(r++, row);
                    var expected = logits[chosen[c]][texts[chosen[c]].At++];
                    worst = Math.Max(worst, row.Zip(expected).Max(pair => Math.Abs(pair.First - pair.Second)));
                }
        }
        Assert.True(worst < 1e-4, $"{family}: worst {worst:g3}");
    }

    /// <summary>Command R has a row of norm weights for each head, [1, 8] where there is one head.</summary>
    [Theory]
    [InlineData(4, 1)]
    [InlineData(1, 1)]
    public void A_single_head_has_its_row_of_norm_weights(int heads, int keyHeads)
    {
        var blueprint = TinyModel.Blueprint("cohere", ("use_qk_norm", true), ("num_attention_heads", heads),
            ("num_key_value_heads", keyHeads));
        Assert.Equal<long>([keyHeads, 8], blueprint.Tensors()["model.layers.0.self_attn.k_norm.weight"]);
        using var weights = TinyModel.Weights(blueprint, 3);
        using var plain = new Transformer(blueprint, weights);
        using var network = new TorchNetwork(blueprint, weights, new TorchOptions { DType = ComputeType.Float32 });
        var paged = new Paged(network);
        int[] ids = [.. Enumerable.Range(3, 12)];
        using var result = paged.Step(LogitRows.All, (paged.Begin(), ids));
        Assert.InRange(All(plain, ids).Select((row, i) => row.Zip(Row(result, i)).Max(pair => Math.Abs(pair.First - pair.Second))).Max(),
            0, 1e-4);
    }

    /// <summary>As in transformers: one list for sequences up to the trained length, the other for longer ones.</summary>
    [Fact]
    public void Each_sequence_turns_by_the_table_of_its_own_length()
    {
        var blueprint = TinyModel.Blueprint("phi3", ("original_max_position_embeddings", 16), ("rope_scaling",
            JsonNode.Parse("""{"type": "longrope", "short_factor": [1, 1.1, 1.2, 1.3], "long_factor": [1, 3, 9, 27]}""")));
        using var weights = TinyModel.Weights(blueprint, 3);
        using var plain = new Transformer(blueprint, weights);
        using var network = new TorchNetwork(blueprint, weights, new TorchOptions { DType = ComputeType.Float32 });
        var paged = new Paged(network);
        int[] shorter = [.. Enumerable.Range(3, 16)], longer = [.. Enumerable.Range(30, 40)];
        var inChunks = paged.Begin(known: longer.Length);
        using var begun = paged.Step(LogitRows.All, (inChunks, longer[..5]));
        Check(All(plain, longer)[..5], begun);
        using var result = paged.Step(LogitRows.All, (paged.Begin(), shorter), (paged.Begin(), longer), (inChunks, longer[5..]));
        Check([.. All(plain, shorter), .. All(plain, longer), .. All(plain, longer)[5..]], result);

        static void Check(float[][] expected, ForwardResult result) => Assert.InRange(
            expected.Select((row, i) => row.Zip(Row(result, i)).Max(pair => Math.Abs(pair.First - pair.Second))).Max(), 0, 1e-4);
    }

    [Theory]
    [InlineData(3, 1)]
    [InlineData(3, 2, 1, 1)] // as many rows as tokens, but a list with a repetition
    public void Listed_rows_come_in_the_order_of_the_list_and_none_means_none(params int[] rows)
    {
        var blueprint = Tiny("llama");
        using var weights = TinyModel.Weights(blueprint, 3);
        using var network = new TorchNetwork(blueprint, weights, new TorchOptions { DType = ComputeType.Float32 });
        var paged = new Paged(network);
        int[] ids = [5, 6, 7, 8];
        using var all = paged.Step(LogitRows.All, (paged.Begin(), ids));
        using var some = paged.Step(LogitRows.At([.. rows]), (paged.Begin(), ids));
        using var none = paged.Step(LogitRows.None, (paged.Begin(), ids));
        Assert.Equal((4, rows.Length, 0), (all.RowCount, some.RowCount, none.RowCount));
        for (var i = 0; i < rows.Length; i++)
            Assert.True(Row(all, rows[i]).Zip(Row(some, i)).Max(x => Math.Abs(x.First - x.Second)) < 1e-5);
    }

    [Fact]
    public void A_long_run_of_steps_keeps_no_native_tensors()
    {
        var blueprint = Tiny("gemma2");
        using var weights = TinyModel.Weights(blueprint, 3);
        using var network = new TorchNetwork(blueprint, weights);
        var paged = new Paged(network, blocks: 32);
        var text = paged.Begin();
        paged.Step(LogitRows.Last, (text, [1])).Dispose();
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        for (var i = 0; i < 50; i++)
        {
            using var result = paged.Step(LogitRows.Last, (text, [i]));
            result.Sample([new SamplingPlan(0, 0.8f, 5, 0.9f, 0, 0.3)], new SampledToken[1]);
        }
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void Bad_batches_are_refused_before_anything_is_computed()
    {
        var blueprint = Tiny("llama");
        using var weights = TinyModel.Weights(blueprint, 3);
        using var network = new TorchNetwork(blueprint, weights);
        var span = new SequenceSpan(0, 1, 0, [[0]]);
        Assert.Contains("cache", Assert.Throws<InvalidOperationException>(() => network.Forward(Batch(3, span))).Message,
            StringComparison.Ordinal);
        network.AllocateCache([2]);
        Assert.Contains("Token 96", Assert.Throws<ArgumentException>(() => network.Forward(Batch(96, span))).Message,
            StringComparison.Ordinal);
        Assert.Contains("no block",
            Assert.Throws<ArgumentException>(() => network.Forward(Batch(3, span with { BlockTables = [[-1]] }))).Message,
            StringComparison.Ordinal);
        Assert.Contains("row 0", Assert.Throws<ArgumentException>(() => network.Forward(Batch(3, span with { Start = 1 }))).Message,
            StringComparison.Ordinal);
        Assert.Contains("adapter 7", Assert.Throws<ArgumentException>(() => network.Forward(Batch(3, span with { Adapter = 7 }))).Message,
            StringComparison.Ordinal);

        static ForwardBatch Batch(int token, SequenceSpan span) => new() { Tokens = [token], Positions = [0], Spans = [span] };
    }

    internal static Blueprint Tiny(string family) => family switch
    {
        "mistral" => TinyModel.Blueprint(family, ("sliding_window", 6)),
        "qwen2" => TinyModel.Blueprint(family, ("use_sliding_window", true), ("sliding_window", 9), ("max_window_layers", 2)),
        "cohere" => TinyModel.Blueprint(family, ("use_qk_norm", true)),
        "cohere2" => TinyModel.Blueprint(family, ("sliding_window", 7), ("sliding_window_pattern", 2)),
        "gemma2" => TinyModel.Blueprint(family, ("sliding_window", 5), ("attn_logit_softcapping", 4.0), ("final_logit_softcapping", 7.0),
        ("query_pre_attn_scalar", 12)),
        "gemma3_text" => TinyModel.Blueprint(family, ("sliding_window", 8), ("sliding_window_pattern", 3), ("query_pre_attn_scalar", 12)),
        "phi3" => TinyModel.Blueprint(family, ("partial_rotary_factor", 0.5), ("sliding_window", 11)),
        _ => TinyModel.Blueprint(family),
    };

    internal static int[] Draw(Random random, int vocabulary, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => random.Next(vocabulary))];

    internal static float[][] All(Transformer plain, int[] ids)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        var logits = plain.Forward(Ids(ids))[0];
        return [.. Enumerable.Range(0, ids.Length).Select(i => logits[i].data<float>().ToArray())];
    }

    static float[] Row(ForwardResult result, int row)
    {
        var logits = new float[96];
        result.ReadLogits(row, logits);
        return logits;
    }
}
