// Attention in tiles is exact: the kernel equals plain tensor operations, and prompts longer than a tile equal the plain network.
using Majlis.Model;
using Majlis.Torch;
using TorchSharp;
using Xunit;
using static Majlis.tests.Torch.PagedEqualsPlainTests;
using static TorchSharp.torch;

namespace Majlis.tests.Torch;

public sealed class LongPromptTests
{
    public static TheoryData<bool, int, int?, bool> Tiles => new()
    {
        { false, 64, null, true }, { true, 64, null, true }, { true, 37, 9, true }, { false, 3, 2, true }, { true, 50, null, false },
    };

    /// <summary>Three tiles of keys, of which rows see all, some or none.</summary>
    [Theory, MemberData(nameof(Tiles))]
    public void A_tile_is_weighed_as_by_plain_operations(bool isRounded, int columns, int? window, bool isCausal)
    {
        using var scope = NewDisposeScope();
        var (dtype, queries) = (isRounded ? ScalarType.BFloat16 : ScalarType.Float32, 20);
        using var chance = new Generator(5);
        State fast = New(), slow = New();
        foreach (var firstKey in (int[])[0, columns, 2 * columns])
        {
            var scores = randn([2, 3 * queries, columns], generator: chance).Times(40).to(dtype);
            var view = new TileView(queries, columns + 5, firstKey, window, isCausal, 0.25f);
            var (one, other) = (scores.clone(), scores.clone());
            TileSoftmax.Weigh(one, fast.Highest, fast.Sums, fast.Shrink, view);
            OnlineSoftmax.Weigh(other, slow.Highest, slow.Sums, slow.Shrink, view);
            Near(other, one, isRounded ? 1 / 256f : 1e-5f);
            Near(slow.Highest, fast.Highest, 1e-6f);
            Near(slow.Sums, fast.Sums, 1e-5f);
            Near(slow.Shrink, fast.Shrink, 1e-5f);
        }

        State New() => new(zeros(2, 3 * queries).Plus(double.NegativeInfinity), zeros(2, 3 * queries), zeros(2, 3 * queries));
    }

    [Fact]
    public void A_score_that_is_no_number_spoils_its_row_and_no_other()
    {
        using var scope = NewDisposeScope();
        var scores = zeros(1, 4, 40);
        scores[0, 1, 7] = tensor(float.NaN);
        scores[0, 2, 30] = tensor(float.NaN); // not seen
        var (highest, sums, shrink) = (zeros(1, 4).Plus(double.NegativeInfinity), zeros(1, 4), zeros(1, 4));
        TileSoftmax.Weigh(scores, highest, sums, shrink, new TileView(4, 20, 0, null, true, 1));
        Assert.Equal([21, float.NaN, 23, 24], sums.data<float>().ToArray());
        Assert.Equal(0, scores[0, 2, 30].Number());
    }

    [Theory]
    [InlineData("llama", null)]
    [InlineData("gemma2", 300)]
    [InlineData("mistral", 2100)]
    public void Prompts_longer_than_a_tile(string family, int? window)
    {
        var blueprint = window is { } wide ? TinyModel.Blueprint(family, ("sliding_window", wide)) : Tiny(family);
        using var weights = TinyModel.Weights(blueprint, 4);
        using var plain = new Transformer(blueprint, weights);
        using var network = new TorchNetwork(blueprint, weights, new TorchOptions { DType = ComputeType.Float32 });
        var paged = new Paged(network, blocks: 150);
        var text = paged.Begin();
        var ids = Draw(new Random(3), 96, 2300);
        var expected = All(plain, ids);
        foreach (var (from, to) in ((int, int)[])[(0, 1), (1, 2100), (2100, 2150), (2150, 2299), (2299, 2300)])
        {
            using var result = paged.Step(LogitRows.Last, (text, ids[from..to]));
            var row = new float[blueprint.VocabularySize];
            result.ReadLogits(0, row);
            Assert.InRange(row.Zip(expected[to - 1]).Max(pair => Math.Abs(pair.First - pair.Second)), 0, 2e-4);
        }
    }

    sealed record State(Tensor Highest, Tensor Sums, Tensor Shrink);

    static void Near(Tensor expected, Tensor found, float tolerance) => Assert.All(
        expected.to(ScalarType.Float32).data<float>().Zip(found.to(ScalarType.Float32).data<float>()),
        pair => Assert.True(
            pair.First == pair.Second || Math.Abs(pair.First - pair.Second) <= tolerance * Math.Max(1e-3f, Math.Abs(pair.First)),
            $"{pair.Second} instead of {pair.First}"));
}
