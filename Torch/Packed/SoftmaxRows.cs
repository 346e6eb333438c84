// Rows of logits become, in their own memory, the gradient of a weighted cross-entropy: softmax minus one-hot. Three passes over a row that
// stays in the first cache. Its oracle is the library's cross-entropy and its gradient. Knows no network.
using System.Buffers;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using TorchSharp;
using static TorchSharp.torch;

namespace Majlis.Torch.Packed;

/// <summary>How logits follow from the head's products, and whether a token's loss is multiplied by its probability (DFT).</summary>
readonly record struct RowLoss(float Scale, float? Cap, bool TimesProbability);

static class SoftmaxRows
{
    /// <summary>logits [R, V] fp32 or bf16 of this machine's memory, replaced by the gradient.</summary>
    /// <param name="logits">The head's products, without scale and cap.</param>
    /// <param name="labels">R ids.</param>
    /// <param name="weights">R weights; a row without weight gets no loss and counts as nothing.</param>
    /// <param name="loss">The rest of the formula.</param>
    /// <param name="losses">Receives R weighted losses.</param>
    /// <returns>How many labels are the likeliest token.</returns>
    public static unsafe int Replace(Tensor logits, ReadOnlyMemory<int> labels, ReadOnlyMemory<float> weights, RowLoss loss,
        Memory<float> losses)
    {
        var (start, width, wide) = ((nint)TensorMemory.Of(logits), (int)logits.shape[1], logits.dtype == ScalarType.Float32);
        var right = 0;
        var options = new ParallelOptions { MaxDegreeOfParallelism = torch.get_num_threads() };
        Parallel.For(0, labels.Length, options, () => ArrayPool<float>.Shared.Rent(width), (int row, ParallelLoopState _, float[] rented) =>
        {
            var z = rented.AsSpan(0, width);
            BrainFloats.Read(start, wide, (long)row * width, z);
            if (Row(z, labels.Span[row], weights.Span[row], loss, out losses.Span[row])) Interlocked.Increment(ref right);
            BrainFloats.Write(start, wide, (long)row * width, z);
            return rented;
        }, rented => ArrayPool<float>.Shared.Return(rented));
        return right;
    }

    /// <summary>One row; true where no token is likelier than the label.</summary>
    static bool Row(Span<float> z, int label, float weight, RowLoss form, out float loss)
    {
        loss = 0;
        if (weight == 0)
        {
            z.Clear();
            return false;
        }
        var raw = form.Cap is null ? null : z.ToArray();
        Scale(z, form);
        var most = Max(z);
        var (own, sum) = (z[label], Exponentials(z, most));
        var log = own - most - MathF.Log(sum);
        if (form.TimesProbability) weight *= MathF.Exp(log);
        loss = -weight * log;
        Multiply(z, weight * form.Scale / sum);
        z[label] -= weight * form.Scale;
        ThroughCap(z, raw, form);
        return own >= most;
    }

    /// <summary>Gradients of capped logits become those of the logits themselves, <paramref name="raw"/>.</summary>
    public static void ThroughCap(Span<float> slopes, ReadOnlySpan<float> raw, RowLoss form)
    {
        if (form.Cap is not { } cap) return;
        for (var i = 0; i < slopes.Length; i++) slopes[i] *= 1 - Squared(MathF.Tanh(raw[i] * form.Scale / cap));
    }

    static float Squared(float x) => x * x;

    public static void Scale(Span<float> z, RowLoss form)
    {
        if (form.Scale != 1) Multiply(z, form.Scale);
        if (form.Cap is not { } cap) return;
        foreach (ref var value in z) value = cap * MathF.Tanh(value / cap);
    }

    public static void Multiply(Span<float> z, float factor)
    {
        var vectors = MemoryMarshal.Cast<float, Vector512<float>>(z);
        for (var i = 0; i < vectors.Length; i++) vectors[i] *= factor;
        for (var i = vectors.Length * 16; i < z.Length; i++) z[i] *= factor;
    }

    public static float Max(ReadOnlySpan<float> z)
    {
        var vectors = MemoryMarshal.Cast<float, Vector512<float>>(z);
        var most = Vector512.Create(float.NegativeInfinity);
        foreach (var vector in vectors) most = Vector512.Max(most, vector); // a NaN stays
        var result = float.NegativeInfinity;
        for (var i = 0; i < 16; i++) result = MathF.Max(result, most[i]);
        foreach (var value in z[(vectors.Length * 16)..]) result = MathF.Max(result, value);
        return result;
    }

    /// <summary>z becomes exp(z - most); gives the sum.</summary>
    static float Exponentials(Span<float> z, float most)
    {
        var vectors = MemoryMarshal.Cast<float, Vector512<float>>(z);
        var (sums, shift) = (Vector512<float>.Zero, Vector512.Create(most));
        for (var i = 0; i < vectors.Length; i++) sums += vectors[i] = Vector512.Exp(vectors[i] - shift);
        var sum = Vector512.Sum(sums);
        foreach (ref var value in z[(vectors.Length * 16)..]) sum += value = MathF.Exp(value - most);
        return sum;
    }
}
