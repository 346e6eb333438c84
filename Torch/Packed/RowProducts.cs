// The small matrix products of attention, four rows at a time in registers. Widths and key counts are multiples of 32, padded with
// zeros. Knows no attention.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Majlis.Torch.Packed;

static unsafe class RowProducts
{
    /// <summary>Rows of one block.</summary>
    public const int Rows = 4;

    /// <summary>scores[r, j] = a[r] . b[j]: a [4, width], b transposed [width, stride], scores [4, stride], j from..to.</summary>
    public static void Scores(float* a, int width, float* b, int stride, float* scores, int from, int to) =>
        Multiply(a, width, b, stride, scores, 0, width, from, to);

    /// <summary>mixed[r] = sum over j of p[r, j] v[j]: p [4, stride], v [.., width], mixed [4, width], j from..to.</summary>
    public static void Mix(float* p, int stride, float* v, int width, float* mixed, int from, int to) =>
        Multiply(p, stride, v, width, mixed, from, to, 0, width);

    // product[r, c] = sum of x[r, k] y[k, c] over k from..to, for c left..right: x [4, xWidth], y [.., width], product [4, width].
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Multiply(float* x, int xWidth, float* y, int width, float* product, int from, int to, int left, int right)
    {
        for (var c = left; c < right; c += 32)
        {
            Vector512<float> c00 = default, c01 = default, c10 = default, c11 = default, c20 = default, c21 = default, c30 = default,
                c31 = default;
            var row = y + (long)from * width + c;
            for (var k = from; k < to; k++, row += width)
            {
                var (y0, y1) = (Vector512.Load(row), Vector512.Load(row + 16));
                var a = Vector512.Create(x[k]);
                (c00, c01) = (Vector512.FusedMultiplyAdd(a, y0, c00), Vector512.FusedMultiplyAdd(a, y1, c01));
                a = Vector512.Create(x[xWidth + k]);
                (c10, c11) = (Vector512.FusedMultiplyAdd(a, y0, c10), Vector512.FusedMultiplyAdd(a, y1, c11));
                a = Vector512.Create(x[2 * xWidth + k]);
                (c20, c21) = (Vector512.FusedMultiplyAdd(a, y0, c20), Vector512.FusedMultiplyAdd(a, y1, c21));
                a = Vector512.Create(x[3 * xWidth + k]);
                (c30, c31) = (Vector512.FusedMultiplyAdd(a, y0, c30), Vector512.FusedMultiplyAdd(a, y1, c31));
            }
            Store(product + c, c00, c01);
            Store(product + width + c, c10, c11);
            Store(product + 2 * width + c, c20, c21);
            Store(product + 3 * width + c, c30, c31);
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
