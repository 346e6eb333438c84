// Writes and reads single rows of the packed layouts, block by block. The kernels' slow mirror: loading, embedding rows, and tests use it.
using System.Runtime.CompilerServices;
using Majlis.Cpu.Kernels;
using static Majlis.Cpu.Weights.WeightLayout;

namespace Majlis.Cpu.Weights;

/// <summary>A block's numbers before packing: d * q + m. Symmetric formats have no m.</summary>
readonly ref struct QuantisedBlock(ReadOnlySpan<sbyte> numbers, Half scale, Half minimum)
{
    public ReadOnlySpan<sbyte> Numbers { get; } = numbers;
    public Half Scale { get; } = scale;
    public Half Minimum { get; } = minimum;
}

static unsafe class BlockPacking
{
    /// <summary>32 fp32 numbers into row <paramref name="row"/> (0..15) of a block of F32, F16 or Int16.</summary>
    /// <exception cref="ArithmeticException">F16 cannot hold a number.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Write(WeightFormat format, byte* block, int row, ReadOnlySpan<float> numbers)
    {
        if (format == WeightFormat.Int16)
        {
            Shorts(block, row, numbers);
            return;
        }
        for (var k = 0; k < BlockColumns; k++)
            if (format == WeightFormat.F32) ((float*)block)[k * GroupRows + row] = numbers[k];
            else ((ushort*)block)[Pair(k, row)] = HalfBits(numbers[k]);
    }

    // A block that is not finite gets a scale that is not finite.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Shorts(byte* block, int row, ReadOnlySpan<float> numbers)
    {
        var most = 0f;
        foreach (var number in numbers) most = Math.Max(most, Math.Abs(number));
        var isFinite = float.IsFinite(most);
        // The largest number becomes one of 13 digits.
        var exponent = isFinite ? Math.Max(1, (BitConverter.SingleToInt32Bits(most) >> 23) - 12) : 255;
        block[1024 + row] = (byte)exponent;
        var inverse = MathF.ScaleB(1, 127 - exponent);
        const float end = ShortProducts.WeightEnd;
        for (var k = 0; k < BlockColumns; k++)
            ((short*)block)[Pair(k, row)] = isFinite ? (short)Math.Clamp(MathF.Round(numbers[k] * inverse), -end, end) : (short)0;
    }

    /// <summary>
    /// A quantised block into row <paramref name="row"/> of an integer format. Numbers: -128..127 for Int8 and Int8Min, -8..7 for Int4,
    /// 0..15 for Int4Min.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Write(WeightFormat format, byte* block, int row, QuantisedBlock numbers)
    {
        if (format.HasBytes())
        {
            for (var k = 0; k < BlockColumns; k++) block[Place(k, row)] = (byte)(numbers.Numbers[k] + 128);
            ((Half*)(block + 512))[row] = numbers.Scale;
            if (format.HasMinimum()) ((Half*)(block + 544))[row] = numbers.Minimum;
            return;
        }
        var offset = format == WeightFormat.Int4 ? 8 : 0;
        for (var k = 0; k < 16; k++)
            block[Place(k, row)] = (byte)(numbers.Numbers[k] + offset | numbers.Numbers[k + 16] + offset << 4);
        ((Half*)(block + 256))[row] = numbers.Scale;
        if (format == WeightFormat.Int4Min) ((Half*)(block + 288))[row] = numbers.Minimum;
    }

    /// <summary>The 32 numbers of row <paramref name="row"/> of a block, widened to fp32.</summary>
    public static void Read(WeightFormat format, byte* block, int row, Span<float> numbers)
    {
        for (var k = 0; k < BlockColumns; k++)
            numbers[k] = format switch
            {
                WeightFormat.F32 => ((float*)block)[k * GroupRows + row],
                WeightFormat.Int16 => BitConverter.Int32BitsToSingle(block[1024 + row] << 23) * ((short*)block)[Pair(k, row)],
                WeightFormat.F16 => (float)((Half*)block)[Pair(k, row)],
                WeightFormat.Int8 => (float)((Half*)(block + 512))[row] * (block[Place(k, row)] - 128),
                WeightFormat.Int8Min => (float)((Half*)(block + 512))[row] * (block[Place(k, row)] - 128)
                    + (float)((Half*)(block + 544))[row],
                WeightFormat.Int4 => (float)((Half*)(block + 256))[row] * (Nibble(block, k, row) - 8),
                _ => (float)((Half*)(block + 256))[row] * Nibble(block, k, row) + (float)((Half*)(block + 288))[row],
            };
    }

    static ushort HalfBits(float number)
    {
        var half = (Half)number;
        return Half.IsFinite(half) ? BitConverter.HalfToUInt16Bits(half) : throw new ArithmeticException($"a weight is {number}");
    }

    // 16-bit numbers lie in pairs of columns.
    static int Pair(int column, int row) => column / 2 * 2 * GroupRows + row * 2 + column % 2;

    static int Place(int column, int row) => column / 4 * (4 * GroupRows) + row * 4 + column % 4;

    static int Nibble(byte* block, int column, int row) =>
        column < 16 ? block[Place(column, row)] & 15 : block[Place(column - 16, row)] >> 4;
}
