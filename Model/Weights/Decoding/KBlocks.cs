// ggml's K formats: 256 numbers a block, in groups of 16 or 32 that have small integer scales (and minima).
// Every product and difference is rounded separately, in the reference's order: (d * scale) * q - (dmin * minimum).
namespace Majlis.Model.Weights.Decoding;

static class KBlocks
{
    const int Size = 256;

    /// <summary>16 bytes of (minimum, scale) nibbles, 64 bytes of 2-bit numbers, d, dmin. Groups of 16.</summary>
    public static void Q2_K(ReadOnlySpan<byte> source, Span<float> destination)
    {
        for (var (at, to) = (0, 0); to < destination.Length; at += 84, to += Size)
        {
            var block = source.Slice(at, 84);
            var (d, minimum) = (BlockBytes.Half(block, 80), BlockBytes.Half(block, 82));
            for (var i = 0; i < Size; i++)
            {
                var scales = block[i / 16];
                var q = block[16 + i / 128 * 32 + i % 32] >> i / 32 % 4 * 2 & 3;
                destination[to + i] = d * (scales & 15) * q - minimum * (scales >> 4);
            }
        }
    }

    /// <summary>32 bytes of third bits, 64 bytes of 2-bit numbers, 16 scales of 6 bits in 12 bytes, d. Groups of 16.</summary>
    public static void Q3_K(ReadOnlySpan<byte> source, Span<float> destination)
    {
        for (var (at, to) = (0, 0); to < destination.Length; at += 110, to += Size)
        {
            var block = source.Slice(at, 110);
            var d = BlockBytes.Half(block, 108);
            for (var i = 0; i < Size; i++)
            {
                var group = i / 16;
                var low = block[96 + group % 8] >> group / 8 * 4 & 15;
                var scale = (low | (block[104 + group % 4] >> group / 4 * 2 & 3) << 4) - 32;
                var q = block[32 + i / 128 * 32 + i % 32] >> i / 32 % 4 * 2 & 3;
                // The third bit is stored inverted: without it the number is 4 less.
                if ((block[i % 32] >> i / 32 & 1) == 0) q -= 4;
                destination[to + i] = d * scale * q;
            }
        }
    }

    /// <summary>d, dmin, 8 scales and 8 minima of 6 bits in 12 bytes, 128 bytes of nibbles. Groups of 32.</summary>
    public static void Q4_K(ReadOnlySpan<byte> source, Span<float> destination)
    {
        for (var (at, to) = (0, 0); to < destination.Length; at += 144, to += Size)
        {
            var block = source.Slice(at, 144);
            for (var group = 0; group < 8; group++)
            {
                var (scale, minimum) = ScaleAndMinimum(block, group);
                var nibbles = block.Slice(16 + group / 2 * 32, 32);
                for (var i = 0; i < 32; i++)
                    destination[to + group * 32 + i] = scale * (nibbles[i] >> group % 2 * 4 & 15) - minimum;
            }
        }
    }

    /// <summary>As Q4_K with 32 bytes of fifth bits before the nibbles. Groups of 32.</summary>
    public static void Q5_K(ReadOnlySpan<byte> source, Span<float> destination)
    {
        for (var (at, to) = (0, 0); to < destination.Length; at += 176, to += Size)
        {
            var block = source.Slice(at, 176);
            for (var group = 0; group < 8; group++)
            {
                var (scale, minimum) = ScaleAndMinimum(block, group);
                var nibbles = block.Slice(48 + group / 2 * 32, 32);
                for (var i = 0; i < 32; i++)
                {
                    var q = nibbles[i] >> group % 2 * 4 & 15 | (block[16 + i] >> group & 1) << 4;
                    destination[to + group * 32 + i] = scale * q - minimum;
                }
            }
        }
    }

    /// <summary>128 bytes of low nibbles, 64 bytes of upper bit pairs, 16 signed scales, d. Groups of 16.</summary>
    public static void Q6_K(ReadOnlySpan<byte> source, Span<float> destination)
    {
        for (var (at, to) = (0, 0); to < destination.Length; at += 210, to += Size)
        {
            var block = source.Slice(at, 210);
            var d = BlockBytes.Half(block, 208);
            for (var i = 0; i < Size; i++)
            {
                var low = block[i / 128 * 64 + i % 64] >> i / 64 % 2 * 4 & 15;
                var high = block[128 + i / 128 * 32 + i % 32] >> i / 32 % 4 * 2 & 3;
                destination[to + i] = d * (sbyte)block[192 + i / 16] * ((low | high << 4) - 32);
            }
        }
    }

    /// <summary>6-bit pairs in 12 bytes: four scales, four minima, then the low nibbles of the other four of each; their upper bits are
    /// above the first ones.</summary>
    static (float Scale, float Minimum) ScaleAndMinimum(ReadOnlySpan<byte> block, int group)
    {
        var packed = block.Slice(4, 12);
        var (scale, minimum) = group < 4
            ? (packed[group] & 63, packed[group + 4] & 63)
            : (packed[group + 4] & 15 | packed[group - 4] >> 6 << 4, packed[group + 4] >> 4 | packed[group] >> 6 << 4);
        return (BlockBytes.Half(block, 0) * scale, BlockBytes.Half(block, 2) * minimum);
    }
}
