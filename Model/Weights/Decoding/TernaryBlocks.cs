// BitNet's formats: 256 numbers a block, each -1, 0 or 1 times one fp16 scale.
namespace Majlis.Model.Weights.Decoding;

static class TernaryBlocks
{
    const int Size = 256;

    /// <summary>
    /// Five numbers a byte, as a fraction in base 3: after times 3^n modulo 256, the next digit is the integer part of 3/256 of it.
    /// 32 bytes hold 160 numbers, 16 hold 80, 4 hold 16 (four digits each), then d.
    /// </summary>
    public static void TQ1_0(ReadOnlySpan<byte> source, Span<float> destination)
    {
        for (var (at, to) = (0, 0); to < destination.Length; at += 54, to += Size)
        {
            var d = BlockBytes.Half(source, at + 52);
            var block = destination.Slice(to, Size);
            Digits(source.Slice(at, 32), d, block[..160]);
            Digits(source.Slice(at + 32, 16), d, block[160..240]);
            Digits(source.Slice(at + 48, 4), d, block[240..]);
        }
    }

    /// <summary>64 bytes of 2-bit numbers, d.</summary>
    public static void TQ2_0(ReadOnlySpan<byte> source, Span<float> destination)
    {
        for (var (at, to) = (0, 0); to < destination.Length; at += 66, to += Size)
        {
            var d = BlockBytes.Half(source, at + 64);
            for (var i = 0; i < Size; i++)
                destination[to + i] = d * ((source[at + i / 128 * 32 + i % 32] >> i / 32 % 4 * 2 & 3) - 1);
        }
    }

    static void Digits(ReadOnlySpan<byte> packed, float d, Span<float> destination)
    {
        for (var (to, power) = (0, 1); to < destination.Length; to += packed.Length, power *= 3)
            for (var i = 0; i < packed.Length; i++)
                destination[to + i] = d * (((byte)(packed[i] * power) * 3 >> 8) - 1);
    }
}
