// Four-bit formats whose nibbles index a table of 16 values: IQ4 (tuned levels), MXFP4 and NVFP4 (the float e2m1).
// MXFP4: OCP Microscaling Formats 1.0. As in ggml, values are doubled and scales halved, which changes no bit of a product.
namespace Majlis.Model.Weights.Decoding;

static class NonLinearBlocks
{
    static ReadOnlySpan<sbyte> Tuned => [-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113];

    static ReadOnlySpan<sbyte> DoubledE2M1 => [0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12];

    /// <summary>32 numbers: d, 16 bytes of nibbles.</summary>
    public static void IQ4_NL(ReadOnlySpan<byte> source, Span<float> destination)
    {
        for (var (at, to) = (0, 0); to < destination.Length; at += 18, to += 32)
            Spread(Tuned, source.Slice(at + 2, 16), BlockBytes.Half(source, at), destination.Slice(to, 32));
    }

    /// <summary>256 numbers: d, upper bit pairs of 8 scales, their low nibbles, 128 bytes of nibbles.</summary>
    public static void IQ4_XS(ReadOnlySpan<byte> source, Span<float> destination)
    {
        for (var (at, to) = (0, 0); to < destination.Length; at += 136, to += 256)
        {
            var (d, high) = (BlockBytes.Half(source, at), BlockBytes.U16(source, at + 2));
            for (var group = 0; group < 8; group++)
            {
                var scale = (source[at + 4 + group / 2] >> group % 2 * 4 & 15 | (high >> group * 2 & 3) << 4) - 32;
                Spread(Tuned, source.Slice(at + 8 + group * 16, 16), d * scale, destination.Slice(to + group * 32, 32));
            }
        }
    }

    /// <summary>32 numbers: a power-of-two scale (e8m0), 16 bytes of nibbles.</summary>
    public static void MXFP4(ReadOnlySpan<byte> source, Span<float> destination)
    {
        for (var (at, to) = (0, 0); to < destination.Length; at += 17, to += 32)
            Spread(DoubledE2M1, source.Slice(at + 1, 16), HalfOfE8M0(source[at]), destination.Slice(to, 32));
    }

    /// <summary>64 numbers: four scales (unsigned e4m3), one for 16 numbers each, then 32 bytes of nibbles, 8 bytes a group.</summary>
    public static void NVFP4(ReadOnlySpan<byte> source, Span<float> destination)
    {
        for (var (at, to) = (0, 0); to < destination.Length; at += 36, to += 64)
            for (var group = 0; group < 4; group++)
                Spread(DoubledE2M1, source.Slice(at + 4 + group * 8, 8), HalfOfE4M3(source[at + group]),
                    destination.Slice(to + group * 16, 16));
    }

    /// <summary>Low nibbles to the first half, high ones to the second.</summary>
    static void Spread(ReadOnlySpan<sbyte> levels, ReadOnlySpan<byte> nibbles, float scale, Span<float> destination)
    {
        for (var i = 0; i < nibbles.Length; i++)
        {
            destination[i] = scale * levels[nibbles[i] & 15];
            destination[i + nibbles.Length] = scale * levels[nibbles[i] >> 4];
        }
    }

    /// <summary>2^(bits - 128), subnormal below 2.</summary>
    static float HalfOfE8M0(byte bits) => BitConverter.UInt32BitsToSingle(bits < 2 ? 0x00200000u << bits : (uint)(bits - 1) << 23);

    /// <summary>Half of an unsigned e4m3; the pattern of NaN counts as zero.</summary>
    static float HalfOfE4M3(byte bits)
    {
        var exponent = bits >> 3 & 15;
        if (bits == 0x7f) return 0;
        return exponent == 0 ? MathF.ScaleB(bits & 7, -10) : MathF.ScaleB(8 + (bits & 7), exponent - 11);
    }
}
