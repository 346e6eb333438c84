// Many numbers in 16 or 8 bits each: bf16, or codes of a block's largest number (https://arxiv.org/abs/2110.02861) on a scale that is finer
// near zero. Rounds by chance, so that a mean of roundings is right where each step changes a number by less than its last bit. Knows no
// tensors.
namespace Majlis.Trainer.Optimization;

sealed class NarrowNumbers
{
    const int Block = 256;

    /// <summary>What each of 128 codes stands for, as a share of the block's largest: the fourth power of even steps.</summary>
    static readonly float[] levels = [.. Enumerable.Range(0, 128).Select(code => MathF.Pow(code / 127f, 4))];

    readonly uint seed;
    readonly int least;
    readonly ushort[]? halves;
    readonly sbyte[]? codes;
    readonly float[]? scales;

    /// <param name="count">How many.</param>
    /// <param name="form">16 or 8 bits.</param>
    /// <param name="seed">Of the roundings.</param>
    /// <param name="keepsAboveZero">Whether a number above zero never becomes zero: it is divided by.</param>
    public NarrowNumbers(long count, MomentForm form, uint seed, bool keepsAboveZero)
    {
        (this.seed, least) = (seed, keepsAboveZero ? 1 : 0);
        if (form == MomentForm.Bf16) halves = new ushort[count];
        else (codes, scales) = (new sbyte[count], new float[(count + Block - 1) / Block]);
    }

    public float[] Read()
    {
        var values = new float[halves?.Length ?? codes!.Length];
        for (var i = 0; i < values.Length; i++)
            values[i] = halves is not null ? BitConverter.UInt32BitsToSingle((uint)halves[i] << 16)
                : MathF.CopySign(levels[Math.Abs(codes![i])] * scales![i / Block], codes[i]);
        return values;
    }

    /// <param name="values">As many as there are.</param>
    /// <param name="step">Draws the roundings; null rounds to the nearest, which gives back what was read.</param>
    public void Write(ReadOnlySpan<float> values, int? step)
    {
        for (var first = 0; first < values.Length; first += Block)
        {
            var block = values.Slice(first, Math.Min(Block, values.Length - first));
            if (halves is not null) WriteHalves(block, first, step);
            else WriteCodes(block, first, step);
        }
    }

    void WriteHalves(ReadOnlySpan<float> block, int first, int? step)
    {
        for (var i = 0; i < block.Length; i++)
        {
            var bits = BitConverter.SingleToUInt32Bits(block[i]);
            var carry = Chance(first + i, step) is { } chance ? chance >> 16 : 0x7FFF + (bits >> 16 & 1);
            halves![first + i] = (ushort)((bits + carry) >> 16);
        }
    }

    void WriteCodes(ReadOnlySpan<float> block, int first, int? step)
    {
        var scale = 0f;
        foreach (var value in block) scale = MathF.Max(scale, MathF.Abs(value));
        scales![first / Block] = scale;
        for (var i = 0; i < block.Length; i++)
        {
            var share = scale == 0 ? 0 : MathF.Abs(block[i]) / scale;
            var code = Math.Min(126, (int)(127 * MathF.Sqrt(MathF.Sqrt(share))));
            while (code > 0 && levels[code] > share) code--; // the root may round up
            while (code < 126 && levels[code + 1] <= share) code++;
            var between = (share - levels[code]) / (levels[code + 1] - levels[code]);
            var rounded = Chance(first + i, step) is { } chance ? chance / 4294967296.0 < between : between >= 0.5;
            codes![first + i] = (sbyte)Math.CopySign(Math.Max(rounded ? code + 1 : code, share > 0 ? least : 0), block[i]);
        }
    }

    /// <summary>A number of 32 bits from seed, step and place (the finaliser of MurmurHash3).</summary>
    uint? Chance(int place, int? step)
    {
        if (step is not { } now) return null;
        var mixed = unchecked(seed * 0x9E3779B1u + (uint)now * 0x85EBCA77u + (uint)place);
        mixed = unchecked((mixed ^ mixed >> 16) * 0x85EBCA6Bu);
        mixed = unchecked((mixed ^ mixed >> 13) * 0xC2B2AE35u);
        return mixed ^ mixed >> 16;
    }
}
