// Rounds fp64 once, to nearest even, to the types of stored weights. Knows nothing of tensors.
using System.Buffers.Binary;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Majlis.Model;

namespace Majlis.Merge;

public static class Rounding
{
    /// <summary>The value after rounding to the type, widened again.</summary>
    public static double Round(double value, TensorType type) => type switch
    {
        TensorType.F64 => value,
        TensorType.F32 => (float)value,
        TensorType.F16 => (double)(Half)value,
        TensorType.BF16 => BitConverter.UInt32BitsToSingle((uint)ToBrain(value) << 16),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "not a float type that weights are written in"),
    };

    /// <summary>The largest magnitude that is not rounded to infinity, or a little less.</summary>
    public static double Largest(TensorType type) => type switch
    {
        TensorType.F64 => double.MaxValue,
        TensorType.F16 => (double)Half.MaxValue,
        TensorType.BF16 => BitConverter.UInt32BitsToSingle(0x7F7F0000),
        _ => float.MaxValue,
    };

    /// <summary>The largest magnitude among values, none of which is NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Most(ReadOnlySpan<double> values)
    {
        var (most, i) = (Vector256<double>.Zero, 0);
        for (; i <= values.Length - Vector256<double>.Count; i += Vector256<double>.Count)
            most = Vector256.MaxNative(most, Vector256.Abs(Vector256.LoadUnsafe(in values[i])));
        var single = 0.0;
        for (var lane = 0; lane < Vector256<double>.Count; lane++) single = Math.Max(single, most[lane]);
        for (; i < values.Length; i++) single = Math.Max(single, Math.Abs(values[i]));
        return single;
    }

    /// <summary>Stores values little-endian; <paramref name="bytes"/> has exactly their length.</summary>
    public static void Store(ReadOnlySpan<double> values, TensorType type, Span<byte> bytes)
    {
        switch (type)
        {
            case TensorType.F64: MemoryMarshal.AsBytes(values).CopyTo(bytes); break;
            case TensorType.F32: TensorPrimitives.ConvertTruncating(values, MemoryMarshal.Cast<byte, float>(bytes)); break;
            case TensorType.F16:
                for (var i = 0; i < values.Length; i++) BinaryPrimitives.WriteHalfLittleEndian(bytes[(2 * i)..], (Half)values[i]);
                break;
            default: ToBrain(values, MemoryMarshal.Cast<byte, ushort>(bytes)); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void ToBrain(ReadOnlySpan<double> values, Span<ushort> result)
    {
        var i = 0;
        ref var from = ref MemoryMarshal.GetReference(values);
        for (; i <= values.Length - Vector256<ushort>.Count; i += Vector256<ushort>.Count)
            Vector256.Narrow(ToBrain(ref from, (nuint)i), ToBrain(ref from, (nuint)(i + Vector256<uint>.Count))).StoreUnsafe(ref result[i]);
        for (; i < values.Length; i++) result[i] = ToBrain(values[i]);
    }

    /// <summary>Eight numbers, each in the lower half of its place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<uint> ToBrain(ref double from, nuint place)
    {
        var (low, high) = (Vector256.LoadUnsafe(ref from, place), Vector256.LoadUnsafe(ref from, place + (nuint)Vector256<double>.Count));
        var bits = Vector256.Narrow(low, high).AsUInt32();
        // Only what fp32 puts in the middle between two bf16 numbers may lie beside it.
        if (Vector256.EqualsAny(bits & Vector256.Create(0xFFFFu), Vector256.Create(0x8000u))) bits = Sided(bits, low, high);
        return bits + Vector256.Create(0x7FFFu) + (bits >>> 16 & Vector256<uint>.One) >>> 16;
    }

    /// <summary>
    /// fp32's bits cut towards zero, and the lowest bit set where anything was cut off: so the second rounding sees on which side the
    /// number lies.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static Vector256<uint> Sided(Vector256<uint> bits, Vector256<double> low, Vector256<double> high)
    {
        var (lowWide, highWide) = Vector256.Widen(bits.AsSingle());
        var differs = ~Vector256.Narrow(Vector256.Equals(low, lowWide).AsUInt64(), Vector256.Equals(high, highWide).AsUInt64());
        var beyond = Vector256.Narrow(Vector256.GreaterThan(Vector256.Abs(lowWide), Vector256.Abs(low)).AsUInt64(),
            Vector256.GreaterThan(Vector256.Abs(highWide), Vector256.Abs(high)).AsUInt64());
        return bits + beyond | differs & Vector256<uint>.One;
    }

    /// <summary>
    /// Rounds straight from fp64 to 8 bits of significand: through fp32 a value near a midpoint would be rounded twice.
    /// </summary>
    static ushort ToBrain(double value)
    {
        var single = (float)value;
        var bits = BitConverter.SingleToUInt32Bits(single);
        if (Math.Abs((double)single) > Math.Abs(value)) bits--;
        if (single != value) bits |= 1;
        return (ushort)(bits + 0x7FFF + ((bits >> 16) & 1) >> 16);
    }
}
