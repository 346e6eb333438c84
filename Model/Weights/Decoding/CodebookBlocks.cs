// ggml's IQ1, IQ2 and IQ3: 256 numbers a block, 4 or 8 at a time from a codebook, with scales for 16 or 32 numbers.
// Each product is rounded separately, in the reference's order (ggml-quants.c).
namespace Majlis.Model.Weights.Decoding;

static class CodebookBlocks
{
    const int Size = 256;
    const int Group = 32;

    /// <summary>IQ1 rows are shifted by an eighth up or down.</summary>
    const float Shift = 0.125f;

    /// <summary>d; for each 32 numbers 4 indices of 8 bits, then four signs of 7 bits with a scale above them.</summary>
    public static void IQ2_XXS(ReadOnlySpan<byte> source, Span<float> destination)
    {
        for (var (at, to) = (0, 0); to < destination.Length; at += 66, to += Size)
            for (var group = 0; group < 8; group++)
            {
                var indices = source.Slice(at + 2 + group * 8, 4);
                var packed = BlockBytes.U32(source, at + 6 + group * 8);
                var scale = BlockBytes.Half(source, at) * (0.5f + (packed >> 28)) * 0.25f;
                for (var k = 0; k < 4; k++)
                    Signed(Codebooks.IQ2XXS, indices[k], 8, scale, Signs(packed >> 7 * k), destination[(to + group * Group + k * 8)..]);
            }
    }

    /// <summary>d; 32 indices of 9 bits with 7 bits of signs; 16 scales of 4 bits.</summary>
    public static void IQ2_XS(ReadOnlySpan<byte> source, Span<float> destination)
    {
        for (var (at, to) = (0, 0); to < destination.Length; at += 74, to += Size)
            for (var k = 0; k < 32; k++)
            {
                var packed = BlockBytes.U16(source, at + 2 + k * 2);
                var scale = BlockBytes.Half(source, at) * (0.5f + Nibble(source, at + 66, k / 2)) * 0.25f;
                Signed(Codebooks.IQ2XS, packed & 511, 8, scale, Signs((uint)packed >> 9), destination[(to + k * 8)..]);
            }
    }

    /// <summary>d; 32 low bytes of indices, 32 bytes of signs, 8 bytes of upper index bits, 16 scales of 4 bits.</summary>
    public static void IQ2_S(ReadOnlySpan<byte> source, Span<float> destination)
    {
        for (var (at, to) = (0, 0); to < destination.Length; at += 82, to += Size)
            for (var k = 0; k < 32; k++)
            {
                var index = source[at + 2 + k] | (source[at + 66 + k / 4] >> k % 4 * 2 & 3) << 8;
                var scale = BlockBytes.Half(source, at) * (0.5f + Nibble(source, at + 74, k / 2)) * 0.25f;
                Signed(Codebooks.IQ2S, index, 8, scale, source[at + 34 + k], destination[(to + k * 8)..]);
            }
    }

    /// <summary>d; 64 indices of 8 bits; for each 32 numbers four signs of 7 bits with a scale above them.</summary>
    public static void IQ3_XXS(ReadOnlySpan<byte> source, Span<float> destination)
    {
        for (var (at, to) = (0, 0); to < destination.Length; at += 98, to += Size)
            for (var k = 0; k < 32; k++)
            {
                var packed = BlockBytes.U32(source, at + 66 + k / 4 * 4);
                var scale = BlockBytes.Half(source, at) * (0.5f + (packed >> 28)) * 0.5f;
                var signs = Signs(packed >> 7 * (k % 4));
                Signed(Codebooks.IQ3XXS, source[at + 2 + k * 2], 4, scale, signs, destination[(to + k * 8)..]);
                Signed(Codebooks.IQ3XXS, source[at + 3 + k * 2], 4, scale, signs >> 4, destination[(to + k * 8 + 4)..]);
            }
    }

    /// <summary>d; 64 low bytes of indices, 8 bytes of ninth bits, 32 bytes of signs, 8 scales of 4 bits.</summary>
    public static void IQ3_S(ReadOnlySpan<byte> source, Span<float> destination)
    {
        for (var (at, to) = (0, 0); to < destination.Length; at += 110, to += Size)
            for (var k = 0; k < 32; k++)
            {
                var ninth = source[at + 66 + k / 4] >> k % 4 * 2;
                var scale = BlockBytes.Half(source, at) * (1 + 2 * Nibble(source, at + 106, k / 4));
                var signs = source[at + 74 + k];
                Signed(Codebooks.IQ3S, source[at + 2 + k * 2] | (ninth & 1) << 8, 4, scale, signs, destination[(to + k * 8)..]);
                Signed(Codebooks.IQ3S, source[at + 3 + k * 2] | (ninth & 2) << 7, 4, scale, signs >> 4, destination[(to + k * 8 + 4)..]);
            }
    }

    /// <summary>d; 32 low bytes of indices; for each 32 numbers four times 3 upper index bits, a scale of 3 bits, the shift's
    /// sign.</summary>
    public static void IQ1_S(ReadOnlySpan<byte> source, Span<float> destination)
    {
        for (var (at, to) = (0, 0); to < destination.Length; at += 50, to += Size)
            for (var k = 0; k < 32; k++)
            {
                var high = BlockBytes.U16(source, at + 34 + k / 4 * 2);
                var scale = BlockBytes.Half(source, at) * (2 * (high >> 12 & 7) + 1);
                Shifted(source[at + 2 + k] | (high >> k % 4 * 3 & 7) << 8, scale, (high & 0x8000) != 0, destination[(to + k * 8)..]);
            }
    }

    /// <summary>32 low bytes of indices, 32 nibbles of 3 upper bits and a shift's sign, 16 scales of 3 bits; d in the nibbles above
    /// them.</summary>
    public static void IQ1_M(ReadOnlySpan<byte> source, Span<float> destination)
    {
        for (var (at, to) = (0, 0); to < destination.Length; at += 56, to += Size)
        {
            var bits = 0;
            for (var i = 0; i < 4; i++) bits |= BlockBytes.U16(source, at + 48 + i * 2) >> 12 << i * 4;
            var d = (float)BitConverter.UInt16BitsToHalf((ushort)bits);
            for (var k = 0; k < 32; k++)
            {
                var high = Nibble(source, at + 32, k);
                var scale = d * (2 * (BlockBytes.U16(source, at + 48 + k / 8 * 2) >> k / 2 % 4 * 3 & 7) + 1);
                Shifted(source[at + k] | (high & 7) << 8, scale, (high & 8) != 0, destination[(to + k * 8)..]);
            }
        }
    }

    static int Nibble(ReadOnlySpan<byte> source, int at, int index) => source[at + index / 2] >> index % 2 * 4 & 15;

    /// <summary>Seven signs are stored; the eighth makes their count even.</summary>
    static int Signs(uint packed)
    {
        var seven = (int)(packed & 127);
        return seven | (System.Numerics.BitOperations.PopCount((uint)seven) & 1) << 7;
    }

    static void Signed(sbyte[] book, int row, int width, float scale, int signs, Span<float> destination)
    {
        for (var i = 0; i < width; i++)
        {
            var value = scale * book[row * width + i];
            destination[i] = (signs >> i & 1) != 0 ? -value : value;
        }
    }

    static void Shifted(int row, float scale, bool down, Span<float> destination)
    {
        var shift = down ? -Shift : Shift;
        for (var i = 0; i < 8; i++) destination[i] = scale * (Codebooks.IQ1[row * 8 + i] + shift);
    }
}
