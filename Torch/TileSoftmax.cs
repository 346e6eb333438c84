// Turns one tile of scores into weights, in place and in one pass over memory where tensor operations need six: scale, cap, mask, subtract
// the highest score, exponentiate, sum. OnlineSoftmax does the same in plain tensor operations. Knows rows and columns only.
using System.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace Majlis.Torch;

static unsafe class TileSoftmax
{
    // Fewer scores than this do not justify a second thread.
    const long WorthAThread = 1 << 15;

    const float Log2E = 1.44269504f;

    /// <summary>
    /// scores [B, R, C], bf16 or fp32, contiguous, become exp(scale x score - highest), or 0 where a row must not attend. highest, sums and
    /// shrink are [B, R] fp32. A row's highest score and the sum of its weights continue from the tiles before; shrink is the factor
    /// applied to the earlier sum.
    /// </summary>
    public static void Weigh(Tensor scores, Tensor highest, Tensor sums, Tensor shrink, TileView view)
    {
        var (rows, columns, is16) = (highest.numel(), (int)scores.shape[^1], scores.dtype == ScalarType.BFloat16);
        var (at, high, sum, less) = ((nint)TensorMemory.Of(scores), (nint)TensorMemory.Of(highest), (nint)TensorMemory.Of(sums),
            (nint)TensorMemory.Of(shrink));
        var parts = (int)Math.Clamp(rows * columns / WorthAThread, 1, get_num_threads());
        if (parts == 1) Part(0);
        else Parallel.For(0, parts, Part);

        void Part(int part)
        {
            for (var row = rows * part / parts; row < rows * (part + 1) / parts; row++)
            {
                var (from, to) = view.Seen(row, columns);
                var (start, before) = (row * columns, ((float*)high)[row]);
                var best = is16 ? Highest((ushort*)at + start + from, to - from) : Highest((float*)at + start + from, to - from);
                var now = Math.Max(before, best * view.Scale);
                ((float*)less)[row] = now == float.NegativeInfinity ? 0 : MathF.Exp(before - now);
                var added = is16 ? Weigh(new Span<ushort>((ushort*)at + start, columns), from, to, view.Scale, now)
                    : Weigh(new Span<float>((float*)at + start, columns), from, to, view.Scale, now);
                ((float*)sum)[row] = ((float*)sum)[row] * ((float*)less)[row] + added;
                ((float*)high)[row] = now;
            }
        }
    }

    static float Highest(ushort* row, int count)
    {
        var (most, other, step, at) = (new Vector<float>(float.NegativeInfinity), new Vector<float>(float.NegativeInfinity),
            Vector<ushort>.Count, 0);
        for (; at <= count - step; at += step)
        {
            var pairs = Vector.Load((uint*)(row + at));
            most = Vector.MaxNative(Even(pairs), most);
            other = Vector.MaxNative(Odd(pairs), other);
        }
        var best = Highest(Vector.MaxNative(most, other));
        for (; at < count; at++) best = float.MaxNative(Wide(row[at]), best);
        return best;
    }

    static float Highest(float* row, int count)
    {
        var (most, step, at) = (new Vector<float>(float.NegativeInfinity), Vector<float>.Count, 0);
        for (; at <= count - step; at += step) most = Vector.MaxNative(Vector.Load(row + at), most);
        var best = Highest(most);
        for (; at < count; at++) best = float.MaxNative(row[at], best);
        return best;
    }

    static float Highest(Vector<float> lanes)
    {
        var most = lanes[0];
        for (var i = 1; i < Vector<float>.Count; i++) most = float.MaxNative(lanes[i], most);
        return most;
    }

    // Returns the sum of the weights before rounding.
    static float Weigh(Span<ushort> row, int from, int to, float scale, float highest)
    {
        row[..from].Clear();
        row[to..].Clear();
        var (factor, offset) = (new Vector<float>(scale * Log2E), new Vector<float>(-highest * Log2E));
        var (sum, other, step, at) = (Vector<float>.Zero, Vector<float>.Zero, Vector<ushort>.Count, from);
        fixed (ushort* cells = row)
        {
            for (; at <= to - step; at += step)
            {
                var pairs = Vector.Load((uint*)(cells + at));
                var first = Exp2(Vector.MultiplyAddEstimate(Even(pairs), factor, offset));
                var second = Exp2(Vector.MultiplyAddEstimate(Odd(pairs), factor, offset));
                sum += first;
                other += second;
                ((Rounded(first) >>> 16) | (Rounded(second) & new Vector<uint>(0xFFFF0000))).Store((uint*)(cells + at));
            }
            var total = Vector.Sum(sum + other);
            for (; at < to; at++)
            {
                var weight = Exp2(Vector.MultiplyAddEstimate(new Vector<float>(Wide(cells[at])), factor, offset));
                total += weight[0];
                cells[at] = (ushort)(Rounded(weight)[0] >>> 16);
            }
            return total;
        }
    }

    static float Weigh(Span<float> row, int from, int to, float scale, float highest)
    {
        row[..from].Clear();
        row[to..].Clear();
        var (factor, offset) = (new Vector<float>(scale * Log2E), new Vector<float>(-highest * Log2E));
        var (sum, step, at) = (Vector<float>.Zero, Vector<float>.Count, from);
        fixed (float* cells = row)
        {
            for (; at <= to - step; at += step)
            {
                var weights = Exp2(Vector.MultiplyAddEstimate(Vector.Load(cells + at), factor, offset));
                sum += weights;
                weights.Store(cells + at);
            }
            var total = Vector.Sum(sum);
            for (; at < to; at++)
                total += cells[at] = Exp2(Vector.MultiplyAddEstimate(new Vector<float>(cells[at]), factor, offset))[0];
            return total;
        }
    }

    // 2^x = 2^n 2^f for x <= 0, n whole, |f| <= 1/2: a polynomial for 2^f, then n is added to the exponent; relative error 2e-7. Results
    // below the smallest normal number become that number; NaN stays NaN.
    static Vector<float> Exp2(Vector<float> x)
    {
        // 1.5 x 2^23: a number added to it loses its fraction, and its integer part stands in the last bits.
        var toInteger = new Vector<float>(12582912f);
        x = Vector.MaxNative(new Vector<float>(-126f), x);
        var shifted = x + toInteger;
        var f = x - (shifted - toInteger);
        var p = Vector.MultiplyAddEstimate(new Vector<float>(1.326697e-3f), f, new Vector<float>(9.67546e-3f));
        p = Vector.MultiplyAddEstimate(p, f, new Vector<float>(5.5507425e-2f));
        p = Vector.MultiplyAddEstimate(p, f, new Vector<float>(2.40221217e-1f));
        p = Vector.MultiplyAddEstimate(p, f, new Vector<float>(6.93146949e-1f));
        p = Vector.MultiplyAddEstimate(p, f, Vector<float>.One);
        return Vector.AsVectorSingle(Vector.AsVectorInt32(p) + (Vector.AsVectorInt32(shifted) << 23));
    }

    static float Wide(ushort half) => BitConverter.UInt32BitsToSingle((uint)half << 16);

    // bf16 numbers lie in pairs in memory: the first of each pair and the second.
    static Vector<float> Even(Vector<uint> pairs) => Vector.AsVectorSingle(pairs << 16);

    static Vector<float> Odd(Vector<uint> pairs) => Vector.AsVectorSingle(pairs & new Vector<uint>(0xFFFF0000));

    // Into the upper half, rounded to nearest, ties to even.
    static Vector<uint> Rounded(Vector<float> x)
    {
        var bits = Vector.AsVectorUInt32(x);
        return bits + new Vector<uint>(0x7FFF) + ((bits >>> 16) & Vector<uint>.One);
    }
}
