// Inverse frequencies equal transformers' bit for bit: its formulas, operation by operation, in torch's fp32 arithmetic. There `a / tensor`
// is tensor.reciprocal() * a, which differs from a quotient.
using Majlis.Model;
using Majlis.Torch;
using Xunit;
using static TorchSharp.torch;

namespace Majlis.tests.Torch;

public sealed class RotaryTorchTests
{
    public static TheoryData<double, int> Rotations
    {
        get
        {
            var cases = new TheoryData<double, int>();
            foreach (var theta in (double[])[10000, 50000, 75000, 123456.7, 500000, 1000000, 2000000, 8000000])
                foreach (var dimensions in (int[])[4, 8, 12, 16, 24, 30, 32, 48, 64, 96, 128]) cases.Add(theta, dimensions);
            return cases;
        }
    }

    [Theory, MemberData(nameof(Rotations))]
    public void Plain_and_linear(double theta, int dimensions)
    {
        using var scope = NewDisposeScope();
        var plain = Powers(theta, dimensions).reciprocal();
        Equal(plain, theta, dimensions, null);
        foreach (var factor in (double[])[8, 3.3, 7]) Equal(plain.Over(factor), theta, dimensions, new LinearScaling(factor));
    }

    [Theory, MemberData(nameof(Rotations))]
    public void Llama3(double theta, int dimensions)
    {
        using var scope = NewDisposeScope();
        var plain = Powers(theta, dimensions).reciprocal();
        (double, double, double, int)[] scalings = [(8, 1, 4, 8192), (32, 1, 4, 8192), (3.3, 1.5, 7, 100), (8, 1, 4, 64)];
        foreach (var (factor, low, high, original) in scalings)
        {
            var wavelength = plain.reciprocal().Times(2 * Math.PI);
            var slowed = where(wavelength.gt(Numbers.Of(original / low)), plain.Over(factor), plain);
            var smooth = wavelength.reciprocal().Times(original).Plus(-low).Over(high - low);
            var between = (1.0.From(smooth) * slowed).Over(factor).Plus(smooth * slowed);
            var isBetween = wavelength.lt(Numbers.Of(original / high)).logical_or(wavelength.gt(Numbers.Of(original / low))).logical_not();
            Equal(where(isBetween, between, slowed), theta, dimensions, new Llama3Scaling(factor, low, high, original));
        }
    }

    [Theory, MemberData(nameof(Rotations))]
    public void Yarn(double theta, int dimensions)
    {
        using var scope = NewDisposeScope();
        var powers = Powers(theta, dimensions);
        (double, int, bool)[] scalings = [(4, 32768, true), (3.3, 100, true), (40, 4096, false), (8, 16, true)];
        foreach (var (factor, original, truncate) in scalings)
        {
            var (low, high) = (Dimension(32), Dimension(1));
            if (truncate) (low, high) = (Math.Floor(low), Math.Ceiling(high));
            (low, high) = (Math.Max(low, 0), Math.Min(high, dimensions - 1));
            if (low == high) high += 0.001;
            var keep = 1.0.From(Numbers.Count(0, dimensions / 2, CPU).to(ScalarType.Float32).Plus(-low).Over(high - low)
                .clamp(Numbers.Of(0.0), Numbers.Of(1.0)));
            var expected = (powers.Times(factor).reciprocal() * 1.0.From(keep)).Plus(powers.reciprocal() * keep);
            Equal(expected, theta, dimensions, new YarnScaling(factor, original) { Truncate = truncate });

            double Dimension(double turns) => dimensions * Math.Log(original / (turns * 2 * Math.PI)) / (2 * Math.Log(theta));
        }
    }

    [Theory, MemberData(nameof(Rotations))]
    public void Dynamic_and_longrope(double theta, int dimensions)
    {
        using var scope = NewDisposeScope();
        var grown = theta * Math.Pow(3.3 * 300 / 100 - (3.3 - 1), (double)dimensions / (dimensions - 2));
        Equal(Powers(grown, dimensions).reciprocal(), theta, dimensions, new DynamicScaling(3.3, 100), length: 300);
        double[] divisors = [.. Enumerable.Range(0, dimensions / 2).Select(i => 1 + 0.37 * i)];
        var scaled = (tensor(Array.ConvertAll(divisors, d => (float)d)) * Powers(theta, dimensions)).reciprocal();
        Equal(scaled, theta, dimensions, new LongRopeScaling([.. divisors], [.. divisors], 4, 64));
    }

    // base ** (arange(0, dim, 2).float() / dim)
    static Tensor Powers(double theta, int dimensions) => tensor((float)theta).pow(
        Numbers.Count(0, dimensions / 2, CPU).to(ScalarType.Float32).Times(2).Over(dimensions));

    static void Equal(Tensor expected, double theta, int dimensions, RotaryScaling? scaling, int length = 1)
    {
        var rotary = new Rotary(RotaryStyle.HalfSplit, dimensions, theta) { Scaling = scaling };
        Assert.Equal(expected.data<float>().ToArray(), RotaryTable.InverseFrequencies(rotary, length));
    }
}
