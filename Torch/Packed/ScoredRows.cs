// What rows of logits say: the label's log-probability, and the row's entropy, mean, best token and collision. In their own memory logits
// may become the slopes of that log-probability: one-hot minus softmax. Its oracle is the library's log-softmax. Knows no network.
using System.Buffers;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using static TorchSharp.torch;

namespace Majlis.Torch.Packed;

/// <param name="Log">The label's log-probability.</param>
/// <param name="Entropy">In nats.</param>
/// <param name="MeanLogit">Over the row.</param>
/// <param name="Collision">log of the sum of p^2.</param>
/// <param name="IsTop">Whether the label is the first of the likeliest tokens.</param>
readonly record struct RowScores(float Log, float Entropy, float MeanLogit, float Collision, bool IsTop);

static class ScoredRows
{
    /// <param name="logits">[R, V] fp32 or bf16 of this machine's memory: the head's products, without scale and cap.</param>
    /// <param name="labels">R ids.</param>
    /// <param name="form">Scale and cap.</param>
    /// <param name="scores">Receives R.</param>
    /// <param name="slopes">Whether logits are replaced by the label's slopes.</param>
    public static unsafe void Read(Tensor logits, ReadOnlyMemory<int> labels, RowLoss form, Memory<RowScores> scores, bool slopes)
    {
        var (start, width, wide) = ((nint)TensorMemory.Of(logits), (int)logits.shape[1], logits.dtype == ScalarType.Float32);
        var options = new ParallelOptions { MaxDegreeOfParallelism = get_num_threads() };
        Parallel.For(0, labels.Length, options, () => ArrayPool<float>.Shared.Rent(2 * width), (row, _, rented) =>
        {
            var z = rented.AsSpan(0, width);
            var raw = rented.AsSpan(width, width);
            BrainFloats.Read(start, wide, (long)row * width, z);
            scores.Span[row] = Row(z, raw, labels.Span[row], form, slopes);
            if (slopes) BrainFloats.Write(start, wide, (long)row * width, z);
            return rented;
        }, rented => ArrayPool<float>.Shared.Return(rented));
    }

    static RowScores Row(Span<float> z, Span<float> raw, int label, RowLoss form, bool slopes)
    {
        z.CopyTo(form.Cap is null ? z : raw);
        SoftmaxRows.Scale(z, form);
        var (most, own) = (SoftmaxRows.Max(z), z[label]);
        var isTop = own >= most && z[..label].IndexOf(most) < 0;
        var mean = Sum(z) / z.Length;
        var (sum, weighted, squares) = Exponentials(z, most);
        var log = MathF.Log(sum);
        var scores = new RowScores(own - most - log, log - weighted / sum, mean, MathF.Log(squares) - 2 * log, isTop);
        if (!slopes) return scores;
        SoftmaxRows.Multiply(z, -form.Scale / sum);
        z[label] += form.Scale;
        SoftmaxRows.ThroughCap(z, raw, form);
        return scores;
    }

    static float Sum(ReadOnlySpan<float> z)
    {
        var vectors = MemoryMarshal.Cast<float, Vector512<float>>(z);
        var sums = Vector512<float>.Zero;
        foreach (var vector in vectors) sums += vector;
        var sum = Vector512.Sum(sums);
        foreach (var value in z[(vectors.Length * 16)..]) sum += value;
        return sum;
    }

    /// <summary>z becomes e = exp(z - most); gives the sums of e, of e (z - most) and of e^2.</summary>
    static (float Sum, float Weighted, float Squares) Exponentials(Span<float> z, float most)
    {
        var vectors = MemoryMarshal.Cast<float, Vector512<float>>(z);
        var (sums, weighted, squares, shift) =
            (Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero, Vector512.Create(most));
        for (var i = 0; i < vectors.Length; i++)
        {
            var below = vectors[i] - shift;
            var e = Vector512.Exp(below);
            vectors[i] = e;
            sums += e;
            weighted = Vector512.FusedMultiplyAdd(e, below, weighted);
            squares = Vector512.FusedMultiplyAdd(e, e, squares);
        }
        var (sum, first, second) = (Vector512.Sum(sums), Vector512.Sum(weighted), Vector512.Sum(squares));
        foreach (ref var value in z[(vectors.Length * 16)..])
        {
            var below = value - most;
            value = MathF.Exp(below);
            (sum, first, second) = (sum + value, first + value * below, second + value * value);
        }
        return (sum, first, second);
    }
}
