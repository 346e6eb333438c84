// Rounds fp64 once, to nearest even, to the types of stored weights. Knows nothing of tensors.
using System.Buffers.Binary;
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
        TensorType.BF16 => ToBFloat16(value),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "not a float type that weights are written in"),
    };

    /// <summary>Stores values little-endian; <paramref name="bytes"/> has exactly their length.</summary>
    public static void Store(ReadOnlySpan<double> values, TensorType type, Span<byte> bytes)
    {
        for (var i = 0; i < values.Length; i++)
            switch (type)
            {
                case TensorType.F64: BinaryPrimitives.WriteDoubleLittleEndian(bytes[(8 * i)..], values[i]); break;
                case TensorType.F32: BinaryPrimitives.WriteSingleLittleEndian(bytes[(4 * i)..], (float)values[i]); break;
                case TensorType.F16: BinaryPrimitives.WriteHalfLittleEndian(bytes[(2 * i)..], (Half)values[i]); break;
                default:
                    var wide = BitConverter.SingleToUInt32Bits((float)Round(values[i], type));
                    BinaryPrimitives.WriteUInt16LittleEndian(bytes[(2 * i)..], (ushort)(wide >> 16));
                    break;
            }
    }

    /// <summary>
    /// Rounds straight from fp64 to 8 bits of significand: through fp32 a value near a midpoint would be rounded twice.
    /// </summary>
    static double ToBFloat16(double value)
    {
        var single = (float)value;
        var bits = BitConverter.SingleToUInt32Bits(single);
        if ((bits & 0xFFFF) == 0x8000 && single != value)
            bits = (uint)(Math.Abs(single) < Math.Abs(value) ? bits + 1 : bits - 1);
        bits += 0x7FFF + ((bits >> 16) & 1);
        return BitConverter.UInt32BitsToSingle(bits & 0xFFFF0000);
    }
}
