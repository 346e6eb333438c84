// Dot products of unsigned and signed bytes in 256 bits: one instruction with AvxVnni, two multiply-adds and a sum without.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Majlis.Cpu.Kernels;

static unsafe class Bytes
{
    /// <summary>Adds the products of a quad of columns of eight rows (bytes stored plus 128) with a quad of up to four tokens.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Dot<TWidth>(Vector256<byte> w, sbyte* q, ref Vector256<int> a0, ref Vector256<int> a1, ref Vector256<int> a2,
        ref Vector256<int> a3) where TWidth : struct, IWidth
    {
        // Without VNNI pairs would overflow 16 bits: 2 * 255 * 127. So w - 128 is split into its size and its sign, which goes to q.
        var signed = (w ^ Vector256.Create((byte)128)).AsSByte();
        var size = AvxVnni.IsSupported ? w : Avx2.Abs(signed);
        a0 = Dot(a0, size, signed, q);
        if (TWidth.Count > 1) a1 = Dot(a1, size, signed, q + 4);
        if (TWidth.Count <= 2) return;
        a2 = Dot(a2, size, signed, q + 8);
        a3 = Dot(a3, size, signed, q + 12);
    }

    /// <summary>An accumulator before the first quad; <paramref name="minus128"/> takes away what storing plus 128 adds.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Start(int minus128) => AvxVnni.IsSupported ? Vector256.Create(minus128) : default;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<int> Dot(Vector256<int> sum, Vector256<byte> size, Vector256<sbyte> signed, sbyte* q)
    {
        var quad = Vector256.Create(*(int*)q).AsSByte();
        return AvxVnni.IsSupported ? AvxVnni.MultiplyWideningAndAdd(sum, size, quad)
            : sum + Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(size, Avx2.Sign(quad, signed)), Vector256.Create((short)1));
    }
}
