// The three small matrix products of attention, four rows at a time in registers. Widths and key counts are multiples of 32, padded with
// zeros. Knows no attention.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Majlis.Torch.Packed;

static unsafe class RowProducts
{
    /// <summary>Rows of one block.</summary>
    public const int Rows = 4;

    /// <summary>scores[r, j] = a[r] . b[j]: a [4, width], b transposed [width, stride], scores [4, stride], j from..to.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Scores(float* a, int width, float* b, int stride, float* scores, int from, int to)
    {
        for (var j = from; j < to; j += 32)
        {
            Vector512<float> c00 = default, c01 = default, c10 = default, c11 = default, c20 = default, c21 = default, c30 = default,
                c31 = default;
            var column = b + j;
            for (var d = 0; d < width; d++, column += stride)
            {
                var (b0, b1) = (Vector512.Load(column), Vector512.Load(column + 16));
                var x = Vector512.Create(a[d]);
                (c00, c01) = (Vector512.FusedMultiplyAdd(x, b0, c00), Vector512.FusedMultiplyAdd(x, b1, c01));
                x = Vector512.Create(a[width + d]);
                (c10, c11) = (Vector512.FusedMultiplyAdd(x, b0, c10), Vector512.FusedMultiplyAdd(x, b1, c11));
                x = Vector512.Create(a[2 * width + d]);
                (c20, c21) = (Vector512.FusedMultiplyAdd(x, b0, c20), Vector512.FusedMultiplyAdd(x, b1, c21));
                x = Vector512.Create(a[3 * width + d]);
                (c30, c31) = (Vector512.FusedMultiplyAdd(x, b0, c30), Vector512.FusedMultiplyAdd(x, b1, c31));
            }
            Store(scores + j, c00, c01);
            Store(scores + stride + j, c10, c11);
            Store(scores + 2 * stride + j, c20, c21);
            Store(scores + 3 * stride + j, c30, c31);
        }
    }

    /// <summary>mixed[r] = sum over j of p[r, j] v[j]: p [4, stride], v [.., width], mixed [4, width], j from..to.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Mix(float* p, int stride, float* v, int width, float* mixed, int from, int to)
    {
        for (var w = 0; w < width; w += 32)
        {
            Vector512<float> c00 = default, c01 = default, c10 = default, c11 = default, c20 = default, c21 = default, c30 = default,
                c31 = default;
            for (var j = from; j < to; j++)
            {
                var row = v + (long)j * width + w;
                var (v0, v1) = (Vector512.Load(row), Vector512.Load(row + 16));
                var x = Vector512.Create(p[j]);
                (c00, c01) = (Vector512.FusedMultiplyAdd(x, v0, c00), Vector512.FusedMultiplyAdd(x, v1, c01));
                x = Vector512.Create(p[stride + j]);
                (c10, c11) = (Vector512.FusedMultiplyAdd(x, v0, c10), Vector512.FusedMultiplyAdd(x, v1, c11));
                x = Vector512.Create(p[2 * stride + j]);
                (c20, c21) = (Vector512.FusedMultiplyAdd(x, v0, c20), Vector512.FusedMultiplyAdd(x, v1, c21));
                x = Vector512.Create(p[3 * stride + j]);
                (c30, c31) = (Vector512.FusedMultiplyAdd(x, v0, c30), Vector512.FusedMultiplyAdd(x, v1, c31));
            }
            Store(mixed + w, c00, c01);
            Store(mixed + width + w, c10, c11);
            Store(mixed + 2 * width + w, c20, c21);
            Store(mixed + 3 * width + w, c30, c31);
        }
    }

    /// <summary>sums[j] += sum over r of p[r, j] x[r]: p [4, stride], x [4, width], sums [.., width], j from..to.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Spread(float* p, int stride, float* x, int width, float* sums, int from, int to)
    {
        for (var w = 0; w < width; w += 32)
        {
            var (x00, x01) = (Vector512.Load(x + w), Vector512.Load(x + w + 16));
            var (x10, x11) = (Vector512.Load(x + width + w), Vector512.Load(x + width + w + 16));
            var (x20, x21) = (Vector512.Load(x + 2 * width + w), Vector512.Load(x + 2 * width + w + 16));
            var (x30, x31) = (Vector512.Load(x + 3 * width + w), Vector512.Load(x + 3 * width + w + 16));
            for (var j = from; j < to; j++)
            {
                var row = sums + (long)j * width + w;
                var (s0, s1) = (Vector512.Load(row), Vector512.Load(row + 16));
                var y = Vector512.Create(p[j]);
                (s0, s1) = (Vector512.FusedMultiplyAdd(y, x00, s0), Vector512.FusedMultiplyAdd(y, x01, s1));
                y = Vector512.Create(p[stride + j]);
                (s0, s1) = (Vector512.FusedMultiplyAdd(y, x10, s0), Vector512.FusedMultiplyAdd(y, x11, s1));
                y = Vector512.Create(p[2 * stride + j]);
                (s0, s1) = (Vector512.FusedMultiplyAdd(y, x20, s0), Vector512.FusedMultiplyAdd(y, x21, s1));
                y = Vector512.Create(p[3 * stride + j]);
                (s0, s1) = (Vector512.FusedMultiplyAdd(y, x30, s0), Vector512.FusedMultiplyAdd(y, x31, s1));
                Store(row, s0, s1);
            }
        }
    }

    static void Store(float* to, Vector512<float> low, Vector512<float> high)
    {
        low.Store(to);
        high.Store(to + 16);
    }
}
