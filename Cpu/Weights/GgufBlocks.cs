// GGUF's block formats whose numbers a kernel's format holds exactly, block by block: no number is widened and rounded again.
// Layouts: ggml's ggml-common.h. Q4_K and Q5_K alone are rounded: their scales and minima are products, kept in fp16 here (an error of
// 2^-11 of each).
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Majlis.Model;

namespace Majlis.Cpu.Weights;

static class GgufBlocks
{
    const int SuperBlock = 256;

    // Twice the numbers of four bits with an exponent of two.
    static ReadOnlySpan<sbyte> Doubled => [0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12];

    static ReadOnlySpan<sbyte> NonLinear => [-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113];

    /// <summary>The format that holds a type's numbers; null if they must be rounded.</summary>
    public static WeightFormat? Format(TensorType type) => type switch
    {
        TensorType.F32 => WeightFormat.F32,
        TensorType.F16 => WeightFormat.F16,
        TensorType.BF16 => WeightFormat.Int16,
        TensorType.Q8_0 or TensorType.Q5_0 or TensorType.IQ4_NL or TensorType.MXFP4 => WeightFormat.Int8,
        TensorType.Q5_1 or TensorType.Q5_K => WeightFormat.Int8Min,
        TensorType.Q4_0 => WeightFormat.Int4,
        TensorType.Q4_1 or TensorType.Q4_K => WeightFormat.Int4Min,
        _ => null,
    };

    /// <summary>Block <paramref name="index"/> (of 32 numbers) of a row's stored bytes; numbers gets its integers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static QuantisedBlock Read(TensorType type, ReadOnlySpan<byte> row, int index, Span<sbyte> numbers)
    {
        switch (type)
        {
            case TensorType.Q8_0:
                var bytes = row.Slice(index * 34, 34);
                for (var i = 0; i < 32; i++) numbers[i] = (sbyte)bytes[2 + i];
                return new(numbers, Half(bytes), default);
            case TensorType.Q4_0: return Nibbles(row.Slice(index * 18, 18), 2, 8, numbers);
            case TensorType.Q4_1: return Nibbles(row.Slice(index * 20, 20), 4, 0, numbers);
            case TensorType.Q5_0: return FiveBits(row.Slice(index * 22, 22), 2, 16, numbers);
            case TensorType.Q5_1: return FiveBits(row.Slice(index * 24, 24), 4, 0, numbers);
            case TensorType.IQ4_NL:
                var block = Nibbles(row.Slice(index * 18, 18), 2, 0, numbers);
                for (var i = 0; i < 32; i++) numbers[i] = NonLinear[numbers[i]];
                return block;
            case TensorType.MXFP4: return PowersOfTwo(row.Slice(index * 17, 17), numbers);
            case TensorType.Q4_K: return SuperBlocks(row, index, 144, numbers);
            case TensorType.Q5_K: return SuperBlocks(row, index, 176, numbers);
            default: throw new ArgumentException($"{type} is not repacked.", nameof(type));
        }
    }

    // Low halves are numbers 0..15, high ones 16..31; a minimum follows the scale where the numbers start at byte 4.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static QuantisedBlock Nibbles(ReadOnlySpan<byte> block, int start, int offset, Span<sbyte> numbers)
    {
        for (var i = 0; i < 16; i++)
        {
            numbers[i] = (sbyte)((block[start + i] & 15) - offset);
            numbers[i + 16] = (sbyte)((block[start + i] >> 4) - offset);
        }
        return new(numbers, Half(block), start == 4 ? Half(block[2..]) : default);
    }

    // The fifth bits stand at byte start, then the low four.
    static QuantisedBlock FiveBits(ReadOnlySpan<byte> block, int start, int offset, Span<sbyte> numbers)
    {
        var fifth = BinaryPrimitives.ReadUInt32LittleEndian(block[start..]);
        var low = block[(start + 4)..];
        for (var i = 0; i < 32; i++)
            numbers[i] = (sbyte)(((i < 16 ? low[i] & 15 : low[i - 16] >> 4) | (int)(fifth >> i & 1) << 4) - offset);
        return new(numbers, Half(block), start == 4 ? Half(block[2..]) : default);
    }

    // A scale of 2^(e - 127), halved since the numbers are doubled. Weights beyond fp16's powers of two become 0 or infinite.
    static QuantisedBlock PowersOfTwo(ReadOnlySpan<byte> block, Span<sbyte> numbers)
    {
        for (var i = 0; i < 16; i++) (numbers[i], numbers[i + 16]) = (Doubled[block[1 + i] & 15], Doubled[block[1 + i] >> 4]);
        return new(numbers, (Half)Math.ScaleB(1, block[0] - 128), default);
    }

    // Eight parts of 32 numbers. Of five bits, the fifth ones stand before the low four: a bit a part in 32 bytes.
    static QuantisedBlock SuperBlocks(ReadOnlySpan<byte> row, int index, int bytes, Span<sbyte> numbers)
    {
        var block = row.Slice(index * 32 / SuperBlock * bytes, bytes);
        var part = index % 8;
        var (scale, minimum) = ScaleAndMinimum(block.Slice(4, 12), part);
        var low = block.Slice(bytes - 128 + part / 2 * 32, 32);
        for (var i = 0; i < 32; i++)
        {
            var nibble = part % 2 == 0 ? low[i] & 15 : low[i] >> 4;
            numbers[i] = (sbyte)(bytes == 176 ? nibble | (block[16 + i] >> part & 1) << 4 : nibble);
        }
        return new(numbers, (Half)((float)Half(block) * scale), (Half)(-(float)Half(block[2..]) * minimum));
    }

    // Eight pairs of six bits in twelve bytes: the first four pairs in the low bits, the rest in halves.
    static (int Scale, int Minimum) ScaleAndMinimum(ReadOnlySpan<byte> packed, int part) => part < 4
        ? (packed[part] & 63, packed[part + 4] & 63)
        : (packed[part + 4] & 15 | packed[part - 4] >> 6 << 4, packed[part + 4] >> 4 | packed[part] >> 6 << 4);

    static Half Half(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadHalfLittleEndian(bytes);
}
