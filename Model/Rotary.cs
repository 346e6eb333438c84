// Rotary position angles (https://arxiv.org/abs/2104.09864) and the scalings that checkpoints use. Numbers only: it rotates nothing.
// Everything is rounded to float32 where transformers rounds, by the same operations in the same order: one unit in the last place
// of a frequency is an angle error that grows with the position, and moves log-probabilities by 8e-4 at position 1449 of SmolLM2.
using System.Collections.Immutable;

namespace Majlis.Model;

/// <summary>Which elements of a head rotate together: (j, j + d/2), or neighbours (2j, 2j + 1).</summary>
public enum RotaryStyle { HalfSplit, Neighbours }

/// <summary>The first <see cref="Dimensions"/> elements of each head are rotated, the rest pass unchanged.</summary>
public sealed record Rotary(RotaryStyle Style, int Dimensions, double Theta)
{
    public RotaryScaling? Scaling { get; init; }

    /// <summary>
    /// [Dimensions / 2] radians per position for a sequence of <paramref name="length"/> tokens (only some scalings look at the length).
    /// </summary>
    /// <param name="powers">theta to theta^(2i / Dimensions) for every i, in fp32; the frequencies are the reciprocals.</param>
    public float[] InverseFrequencies(int length, Func<double, float[]> powers) =>
        Scaling is null ? Plain(powers(Theta)) : Scaling.InverseFrequencies(this, powers, length);

    /// <summary>
    /// A length that represents all lengths with the same frequencies as <paramref name="length"/>; 0 if the length does not matter.
    /// </summary>
    public int TableLength(int length) => Scaling?.TableLength(length) ?? 0;

    /// <summary>A factor for cosine and sine; 1 unless a scaling says otherwise.</summary>
    public float AttentionFactor => Scaling?.AttentionFactor ?? 1;

    /// <summary>
    /// True where a sequence that grows to <paramref name="length"/> turns all its tokens otherwise: its cached keys are of no use.
    /// </summary>
    public bool TurnsAnew(int length) => Scaling?.TurnsAnew(length) ?? false;

    internal static float[] Plain(float[] powers) => Array.ConvertAll(powers, power => 1f / power);
}

/// <summary>A rule that extends the rotation to sequences longer than the trained ones.</summary>
public abstract record RotaryScaling
{
    public virtual float AttentionFactor => 1;
    internal abstract float[] InverseFrequencies(Rotary rotary, Func<double, float[]> powers, int length);
    internal virtual int TableLength(int length) => 0;
    internal virtual bool TurnsAnew(int length) => false;
}

/// <summary>Positions are divided by the factor (https://arxiv.org/abs/2306.15595).</summary>
public sealed record LinearScaling(double Factor) : RotaryScaling
{
    internal override float[] InverseFrequencies(Rotary rotary, Func<double, float[]> powers, int length) =>
        [.. Rotary.Plain(powers(rotary.Theta)).Select(f => f / (float)Factor)];
}

/// <summary>Llama 3.1: long waves are slowed by the factor, short ones kept, a smooth step between.</summary>
public sealed record Llama3Scaling(double Factor, double LowFrequencyFactor, double HighFrequencyFactor, int OriginalLength) : RotaryScaling
{
    internal override float[] InverseFrequencies(Rotary rotary, Func<double, float[]> powers, int length) =>
        [.. Rotary.Plain(powers(rotary.Theta)).Select(Scale)];

    float Scale(float frequency)
    {
        // In torch, a number divided by a tensor is the number times the reciprocal, rounded twice.
        var wavelength = 1f / frequency * (float)(2 * Math.PI);
        if (wavelength < (float)(OriginalLength / HighFrequencyFactor)) return frequency;
        if (wavelength > (float)(OriginalLength / LowFrequencyFactor)) return frequency / (float)Factor;
        var smooth = (1f / wavelength * OriginalLength - (float)LowFrequencyFactor) / (float)(HighFrequencyFactor - LowFrequencyFactor);
        return (1 - smooth) * frequency / (float)Factor + smooth * frequency;
    }
}

/// <summary>
/// Dynamic NTK: beyond the trained length the base grows with the sequence, theta' = theta (s L / L0 - (s - 1))^(d / (d - 2)). As in
/// transformers, cached keys keep the base with which they were computed.
/// </summary>
public sealed record DynamicScaling(double Factor, int OriginalLength) : RotaryScaling
{
    internal override float[] InverseFrequencies(Rotary rotary, Func<double, float[]> powers, int length)
    {
        var stretch = Factor * Math.Max(length, OriginalLength) / OriginalLength - (Factor - 1);
        return Rotary.Plain(powers(rotary.Theta * Math.Pow(stretch, (double)rotary.Dimensions / (rotary.Dimensions - 2))));
    }

    internal override int TableLength(int length) => Math.Max(length, OriginalLength);
}

/// <summary>
/// YaRN (https://arxiv.org/abs/2309.00071): a ramp over dimensions from extrapolation (fast ones) to interpolation (slow ones), and a
/// temperature on the scores through <see cref="RotaryScaling.AttentionFactor"/>.
/// </summary>
public sealed record YarnScaling(double Factor, int OriginalLength) : RotaryScaling
{
    public double BetaFast { get; init; } = 32;
    public double BetaSlow { get; init; } = 1;
    public bool Truncate { get; init; } = true;
    public double? Mscale { get; init; }
    public double? MscaleAllDimensions { get; init; }
    public double? GivenAttentionFactor { get; init; }

    public override float AttentionFactor => (float)(GivenAttentionFactor
        ?? (Mscale is { } m && MscaleAllDimensions is { } all && m != 0 && all != 0 ? Temperature(m) / Temperature(all) : Temperature(1)));

    internal override float[] InverseFrequencies(Rotary rotary, Func<double, float[]> powers, int length)
    {
        var (low, high) = (Dimension(rotary, BetaFast), Dimension(rotary, BetaSlow));
        if (Truncate) (low, high) = (Math.Floor(low), Math.Ceiling(high));
        (low, high) = (Math.Max(low, 0), Math.Min(high, rotary.Dimensions - 1));
        if (low == high) high += 0.001;
        return [.. powers(rotary.Theta).Select(Mix)];

        float Mix(float power, int i)
        {
            var keep = 1 - Math.Clamp((i - (float)low) / (float)(high - low), 0, 1);
            return 1f / ((float)Factor * power) * (1 - keep) + 1f / power * keep;
        }
    }

    // The dimension that turns `rotations` times over the trained length.
    double Dimension(Rotary rotary, double rotations) =>
        rotary.Dimensions * Math.Log(OriginalLength / (rotations * 2 * Math.PI)) / (2 * Math.Log(rotary.Theta));

    double Temperature(double mscale) => Factor <= 1 ? 1 : 0.1 * mscale * Math.Log(Factor) + 1;
}

/// <summary>
/// LongRoPE (https://arxiv.org/abs/2402.13753): a searched divisor for every dimension, one list for sequences within the trained length
/// and one for longer ones. As in transformers, a sequence that grows beyond it is computed anew, all its tokens with the second list.
/// </summary>
public sealed record LongRopeScaling(ImmutableArray<double> Short, ImmutableArray<double> Long, double Factor, int OriginalLength)
    : RotaryScaling
{
    public double? GivenAttentionFactor { get; init; }

    public override float AttentionFactor =>
        (float)(GivenAttentionFactor ?? (Factor <= 1 ? 1 : Math.Sqrt(1 + Math.Log(Factor) / Math.Log(OriginalLength))));

    internal override float[] InverseFrequencies(Rotary rotary, Func<double, float[]> powers, int length)
    {
        var divisors = length > OriginalLength ? Long : Short;
        return [.. powers(rotary.Theta).Select((power, i) => 1f / ((float)divisors[i] * power))];
    }

    internal override int TableLength(int length) => length > OriginalLength ? OriginalLength + 1 : OriginalLength;

    internal override bool TurnsAnew(int length) => length == OriginalLength + 1;
}
