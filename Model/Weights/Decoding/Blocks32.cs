// ggml's oldest formats: 32 numbers a block with an fp16 scale d; the _1 forms also have an fp16 minimum m.
// Value = d * q, or (d * q) + m rounded twice: a fused multiply-add would differ from the reference in the last bit.
// Fully optimised at once: a model is opened once, before the runtime would find that these loops are hot.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Majlis.Model.Weights.Decoding;

static class Blocks32
{
    const int Size = 32;
    const int Half = 16;

    /// <summary>d, 16 bytes of nibbles: the low ones are numbers 0-15, the high ones 16-31.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Q4_0(ReadOnlySpan<byte> source, Span<float> destination)
    {
        for (var (at, to) = (0, 0); to < destination.Length; at += 18, to += Size)
        {
            var scale = Vector256.Create(BlockBytes.Half(source, at));
            var nibbles = Vector128.Create(source.Slice(at + 2, Half));
            Store((nibbles & Vector128.Create((byte)15)) - Vector128.Create((byte)8), scale, destination[to..]);
            Store((nibbles >>> 4) - Vector128.Create((byte)8), scale, destination[(to + Half)..]);
        }
    }

    /// <summary>d, m, 16 bytes of nibbles.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Q4_1(ReadOnlySpan<byte> source, Span<float> destination)
    {
        for (var (at, to) = (0, 0); to < destination.Length; at += 20, to += Size)
        {
            var scale = Vector256.Create(BlockBytes.Half(source, at));
            var minimum = Vector256.Create(BlockBytes.Half(source, at + 2));
            var nibbles = Vector128.Create(source.Slice(at + 4, Half));
            Store(nibbles & Vector128.Create((byte)15), scale, minimum, destination[to..]);
            Store(nibbles >>> 4, scale, minimum, destination[(to + Half)..]);
        }
    }

    /// <summary>d, 32 fifth bits, 16 bytes of nibbles.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Q5_0(ReadOnlySpan<byte> source, Span<float> destination)
    {
        for (var (at, to) = (0, 0); to < destination.Length; at += 22, to += Size)
        {
            var scale = Vector256.Create(BlockBytes.Half(source, at));
            var high = BlockBytes.U32(source, at + 2);
            var nibbles = Vector128.Create(source.Slice(at + 6, Half));
            var offset = Vector128.Create((byte)16);
            Store((nibbles & Vector128.Create((byte)15) | FifthBits(high)) - offset, scale, destination[to..]);
            Store((nibbles >>> 4 | FifthBits(high >> 16)) - offset, scale, destination[(to + Half)..]);
        }
    }

    /// <summary>d, m, 32 fifth bits, 16 bytes of nibbles.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Q5_1(ReadOnlySpan<byte> source, Span<float> destination)
    {
        for (var (at, to) = (0, 0); to < destination.Length; at += 24, to += Size)
        {
            var scale = Vector256.Create(BlockBytes.Half(source, at));
            var minimum = Vector256.Create(BlockBytes.Half(source, at + 2));
            var high = BlockBytes.U32(source, at + 4);
            var nibbles = Vector128.Create(source.Slice(at + 8, Half));
            Store(nibbles & Vector128.Create((byte)15) | FifthBits(high), scale, minimum, destination[to..]);
            Store(nibbles >>> 4 | FifthBits(high >> 16), scale, minimum, destination[(to + Half)..]);
        }
    }

    /// <summary>d, 32 signed bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Q8_0(ReadOnlySpan<byte> source, Span<float> destination)
    {
        for (var (at, to) = (0, 0); to < destination.Length; at += 34, to += Size)
        {
            var scale = Vector256.Create(BlockBytes.Half(source, at));
            Store(Vector128.Create(source.Slice(at + 2, Half)), scale, destination[to..]);
            Store(Vector128.Create(source.Slice(at + 2 + Half, Half)), scale, destination[(to + Half)..]);
        }
    }

    /// <summary>The lowest 16 bits, spread to bit 4 of 16 bytes.</summary>
    static Vector128<byte> FifthBits(uint bits)
    {
        var spread = Vector128.Shuffle(Vector128.Create((ushort)bits).AsByte(),
            Vector128.Create((byte)0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1));
        var mask = Vector128.Create(0x8040201008040201ul).AsByte();
        return Vector128.Equals(spread & mask, mask) & Vector128.Create((byte)16);
    }

    /// <summary>16 signed bytes times the scale.</summary>
    static void Store(Vector128<byte> signed, Vector256<float> scale, Span<float> destination)
    {
        var (lower, upper) = Vector256.Widen(Vector256.WidenLower(signed.AsSByte().ToVector256Unsafe()));
        (Vector256.ConvertToSingle(lower) * scale).CopyTo(destination);
        (Vector256.ConvertToSingle(upper) * scale).CopyTo(destination[8..]);
    }

    /// <summary>16 small bytes (at most 31, so the sign does not matter) times the scale, then plus the minimum.</summary>
    static void Store(Vector128<byte> small, Vector256<float> scale, Vector256<float> minimum, Span<float> destination)
    {
        var (lower, upper) = Vector256.Widen(Vector256.WidenLower(small.AsSByte().ToVector256Unsafe()));
        (Vector256.ConvertToSingle(lower) * scale + minimum).CopyTo(destination);
        (Vector256.ConvertToSingle(upper) * scale + minimum).CopyTo(destination[8..]);
    }
}
