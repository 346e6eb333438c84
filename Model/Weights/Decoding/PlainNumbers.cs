// Plain numbers to fp32: floats of every width and integers. No blocks, no scales.
// fp8 follows "FP8 Formats for Deep Learning" (arXiv 2209.05433): e4m3fn has no infinities and one NaN a sign, e5m2 is half an fp16.
// e8m0 is an exponent alone (OCP Microscaling Formats 1.0): a scale 2^(bits - 127), and one NaN.
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Majlis.Model.Weights.Decoding;

static class PlainNumbers
{
    static readonly float[] e4m3 = [.. Enumerable.Range(0, 256).Select(bits => FromE4M3((byte)bits))];

    static readonly float[] e5m2 = [.. Enumerable.Range(0, 256).Select(bits => (float)BitConverter.UInt16BitsToHalf((ushort)(bits << 8)))];

    static readonly float[] e8m0 = [.. Enumerable.Range(0, 256).Select(bits => bits == 255 ? float.NaN : MathF.ScaleB(1, bits - 127))];

    public static void Widen(TensorType type, ReadOnlySpan<byte> source, Span<float> destination)
    {
        switch (type)
        {
            case TensorType.F32: source.CopyTo(MemoryMarshal.AsBytes(destination)); break;
            case TensorType.BF16: FromBrain(MemoryMarshal.Cast<byte, ushort>(source), destination); break;
            case TensorType.F16: FromHalf(MemoryMarshal.Cast<byte, ushort>(source), destination); break;
            case TensorType.F8E4M3: Look(e4m3, source, destination); break;
            case TensorType.F8E5M2: Look(e5m2, source, destination); break;
            case TensorType.F8E8M0: Look(e8m0, source, destination); break;
            case TensorType.F64: Convert<double>(source, destination); break;
            case TensorType.I64: Convert<long>(source, destination); break;
            case TensorType.I32: Convert<int>(source, destination); break;
            case TensorType.I16: Convert<short>(source, destination); break;
            case TensorType.I8: Convert<sbyte>(source, destination); break;
            case TensorType.U64: Convert<ulong>(source, destination); break;
            case TensorType.U32: Convert<uint>(source, destination); break;
            case TensorType.U16: Convert<ushort>(source, destination); break;
            case TensorType.U8 or TensorType.Bool: Convert<byte>(source, destination); break;
            default: throw new ArgumentException($"{type} is not a plain number type.");
        }
    }

    /// <summary>bf16 is the upper half of an fp32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void FromBrain(ReadOnlySpan<ushort> source, Span<float> destination)
    {
        var bits = MemoryMarshal.Cast<float, uint>(destination);
        var i = 0;
        for (; i <= source.Length - Vector256<ushort>.Count; i += Vector256<ushort>.Count)
        {
            var (lower, upper) = Vector256.Widen(Vector256.Create(source[i..]));
            (lower << 16).CopyTo(bits[i..]);
            (upper << 16).CopyTo(bits[(i + Vector256<uint>.Count)..]);
        }
        for (; i < source.Length; i++) bits[i] = (uint)source[i] << 16;
    }

    /// <summary>
    /// fp16 by integer shifts: exponent and mantissa, shifted to fp32's position, are too small by exactly 2^112; a product corrects that,
    /// also for subnormal numbers. Infinities and NaNs get fp32's full exponent instead.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void FromHalf(ReadOnlySpan<ushort> source, Span<float> destination)
    {
        var bits = MemoryMarshal.Cast<float, uint>(destination);
        var i = 0;
        for (; i <= source.Length - Vector256<ushort>.Count; i += Vector256<ushort>.Count)
        {
            var (lower, upper) = Vector256.Widen(Vector256.Create(source[i..]));
            FromHalf(lower).CopyTo(bits[i..]);
            FromHalf(upper).CopyTo(bits[(i + Vector256<uint>.Count)..]);
        }
        for (; i < source.Length; i++) destination[i] = (float)BitConverter.UInt16BitsToHalf(source[i]);
    }

    static Vector256<uint> FromHalf(Vector256<uint> half)
    {
        var magnitude = (half & Vector256.Create(0x7fffu)) << 13;
        var special = Vector256.GreaterThanOrEqual(magnitude, Vector256.Create(0x7c00u << 13));
        var scaled = (magnitude.AsSingle() * BitConverter.UInt32BitsToSingle((127 + 112) << 23)).AsUInt32();
        var value = Vector256.ConditionalSelect(special, magnitude | Vector256.Create(0x7f800000u), scaled);
        return value | ((half & Vector256.Create(0x8000u)) << 16);
    }

    static void Look(float[] table, ReadOnlySpan<byte> source, Span<float> destination)
    {
        for (var i = 0; i < source.Length; i++) destination[i] = table[source[i]];
    }

    static void Convert<T>(ReadOnlySpan<byte> source, Span<float> destination) where T : unmanaged, INumberBase<T>
    {
        var numbers = MemoryMarshal.Cast<byte, T>(source);
        for (var i = 0; i < numbers.Length; i++) destination[i] = float.CreateTruncating(numbers[i]);
    }

    static float FromE4M3(byte bits)
    {
        var exponent = bits >> 3 & 15;
        var mantissa = bits & 7;
        var sign = (bits & 0x80) != 0 ? -1f : 1f;
        if (exponent == 15 && mantissa == 7) return sign * float.NaN;
        return sign * (exponent == 0 ? MathF.ScaleB(mantissa, -9) : MathF.ScaleB(8 + mantissa, exponent - 10));
    }
}
