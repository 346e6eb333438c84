// Integer products in vectors of 128 bits that .NET offers on every processor: four rows at a time, a column of a quad after the other.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Majlis.Cpu.Weights;

namespace Majlis.Cpu.Kernels;

sealed unsafe class PortableProducts : Products
{
    public override string Name => "portable";

    public override void Mix(in ValueMix mix) => PortableMixing.Run(mix);

    public override void Scores(in ShortScores scores) => PortableShorts.Scores(scores);

    public override void Mix(in ShortMix mix) => PortableShorts.Mix(mix);

    public override void Shorts(byte* w, int blocks, in PackedTile tile, float* y, long stride) =>
        PortableShorts.Multiply(w, blocks, tile, y, stride);

    public override void Integers(WeightFormat format, byte* w, int blocks, in PackedTile tile, float* y, long stride)
    {
        for (var token = 0; token < tile.Width; token++)
            for (var rows = 0; rows < WeightLayout.GroupRows; rows += 4)
                Rows(format, w, blocks, tile, token, rows).Store(y + token * stride + rows);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static Vector128<float> Rows(WeightFormat format, byte* w, int blocks, in PackedTile tile, int token, int rows)
    {
        var sum = Vector128<float>.Zero;
        for (var b = 0; b < blocks; b++, w += format.BlockBytes())
        {
            var q = tile.Numbers + (b * 8 * tile.Width + token) * 4;
            var at = b * tile.Width + token;
            var dot = format.HasBytes() ? Int8(w + 4 * rows, q, tile.Width) + Vector128.Create(tile.Minus128[at])
                : Int4(w + 4 * rows, q, tile.Width);
            if (format == WeightFormat.Int4) dot += Vector128.Create(tile.Minus8[at]);
            var scales = w + (format.HasBytes() ? 512 : 256) + 2 * rows;
            sum = Vector128.FusedMultiplyAdd(Vector128.ConvertToSingle(dot), Halves(scales) * Vector128.Create(tile.Scales[at]), sum);
            if (format.HasMinimum())
                sum = Vector128.FusedMultiplyAdd(Halves(scales + 32), Vector128.Create(tile.Sums[at]), sum);
        }
        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<int> Int8(byte* w, sbyte* q, int width)
    {
        var sum = Vector128<int>.Zero;
        for (var k = 0; k < 8; k++, w += 64, q += 4 * width) sum += Quad(Vector128.Load((uint*)w), q, 255);
        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<int> Int4(byte* w, sbyte* q, int width)
    {
        var sum = Vector128<int>.Zero;
        for (var k = 0; k < 4; k++, w += 64, q += 4 * width)
            sum += Quad(Vector128.Load((uint*)w), q, 15) + Quad(Vector128.Load((uint*)w) >>> 4, q + 16 * width, 15);
        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<int> Quad(Vector128<uint> w, sbyte* q, uint mask)
    {
        var bits = Vector128.Create(mask);
        return (w & bits).AsInt32() * q[0] + ((w >>> 8) & bits).AsInt32() * q[1]
            + ((w >>> 16) & bits).AsInt32() * q[2] + ((w >>> 24) & bits).AsInt32() * q[3];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<float> Halves(byte* w) => ((Vector128.WidenLower(Vector128.CreateScalar(*(ulong*)w).AsInt16()) << 13)
        & Vector128.Create(unchecked((int)0x8FFFE000))).AsSingle();
}
