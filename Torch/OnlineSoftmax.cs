// The softmax of attention over keys that come tile by tile (https://arxiv.org/abs/1805.02867, https://arxiv.org/abs/2205.14135). Each row
// keeps its highest score so far, the sum of its weights and its weighted sum of values. Knows no cache and no sequences.
// Legend: B key heads, R rows of a tile (all queries of a key head), C columns, D head elements.
using TorchSharp;
using static TorchSharp.torch;

namespace Majlis.Torch;

/// <summary>The state of [B, R] queries. Tensors live in the open dispose scope.</summary>
sealed class OnlineSoftmax(long heads, long rows, long dimension, Device device)
{
    readonly Tensor highest = zeros([heads, rows], ScalarType.Float32, device).Plus(double.NegativeInfinity);
    readonly Tensor sums = zeros([heads, rows], ScalarType.Float32, device);
    readonly Tensor shrink = zeros([heads, rows], ScalarType.Float32, device);
    readonly Tensor mixed = zeros([heads, rows, dimension], ScalarType.Float32, device);

    /// <summary>Adds a tile: scores [B, R, C], which are overwritten, and values [B, C, D].</summary>
    public void Add(Tensor scores, Tensor values, TileView view)
    {
        using var scope = NewDisposeScope();
        if (scores.device_type == DeviceType.CPU) TileSoftmax.Weigh(scores, highest, sums, shrink, view);
        else Weigh(scores, highest, sums, shrink, view);
        mixed.mul_(shrink.unsqueeze(-1)).PlusInPlace(scores.to(values.dtype).bmm(values));
    }

    /// <summary>[B, R, D] fp32; NaN for a row that attended to nothing.</summary>
    public Tensor Mixed() => mixed.div_(sums.unsqueeze(-1));

    /// <summary>Does the same as <see cref="TileSoftmax.Weigh"/>, in plain tensor operations.</summary>
    public static void Weigh(Tensor scores, Tensor highest, Tensor sums, Tensor shrink, TileView view)
    {
        var hidden = Hidden(scores, view);
        var wide = scores.to(ScalarType.Float32).Times(view.Scale);
        var best = maximum(highest, wide.Masked(hidden, double.NegativeInfinity).amax([-1]));
        // A row that attended to nothing has no highest score to compare with.
        var finite = best.Masked(best.eq(Numbers.Of(double.NegativeInfinity)), 0);
        shrink.copy_(highest.Minus(finite).exp());
        var weights = wide.Minus(finite.unsqueeze(-1)).exp().Masked(hidden, 0);
        sums.mul_(shrink).PlusInPlace(weights.sum([-1]));
        highest.copy_(best);
        scores.copy_(weights);
    }

    // [R, C] true where a row must not attend.
    static Tensor Hidden(Tensor scores, TileView view)
    {
        var (rows, columns) = ((int)scores.shape[1], (int)scores.shape[2]);
        var hidden = new bool[rows * columns];
        hidden.AsSpan().Fill(true);
        for (var row = 0; row < rows; row++)
        {
            var (from, to) = view.Seen(row, columns);
            hidden.AsSpan(row * columns + from, to - from).Clear();
        }
        return tensor(hidden, device: scores.device).view(rows, columns);
    }
}
