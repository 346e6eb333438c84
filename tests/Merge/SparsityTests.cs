// What is dropped, several elements at a time, against one by one.
using System.Collections.Immutable;
using Majlis.Merge;
using Majlis.Merge.Sparsity;
using Majlis.Model;
using Xunit;

namespace Majlis.tests.Merge;

public sealed class SparsityTests
{
    [Theory]
    [InlineData(0.3)]
    [InlineData(0.5)]
    [InlineData(0.999)]
    public void A_random_mask_keeps_what_its_numbers_say(double density)
    {
        var random = new RandomNumbers(9, "w", 1);
        var values = Enumerable.Repeat(1.0, 1003).ToArray();
        new RandomMask(random, density).Apply(17, values);
        Assert.Equal(Enumerable.Range(0, values.Length).Select(i => random.At(17 + i) < density ? 1.0 : 0), values);
    }

    /// <summary>Many equal magnitudes, so that most chunks hold some of those at the border.</summary>
    [Theory]
    [InlineData(0.5)]
    [InlineData(0.11)]
    [InlineData(0.97)]
    public void The_largest_elements_are_those_of_a_stable_sort(double density)
    {
        var random = new Random(4);
        var values = Enumerable.Range(0, 10_007).Select(_ => random.Next(-40, 41) / 8.0).ToArray();
        var expected = new double[values.Length];
        var order = Enumerable.Range(0, values.Length).OrderBy(i => Math.Abs(values[i]));
        foreach (var i in order.Skip(values.Length - (int)(density * values.Length))) expected[i] = values[i];
        var window = MagnitudeWindow.Largest(Task(values, density))[0]!;
        for (var again = 0; again < 2; again++)
        {
            var kept = values.ToArray();
            for (var first = 0; first < kept.Length; first += 1000)
                window.Apply(first, kept.AsSpan(first, Math.Min(1000, kept.Length - first)));
            Assert.Equal(expected, kept);
        }
    }

    static TensorTask Task(double[] values, double density) => new()
    {
        Name = "w",
        Shape = [values.Length],
        OutputType = TensorType.F32,
        Base = -1,
        BaseModel = -1,
        Inputs = [new Given(values)],
        ModelParameters = [ImmutableDictionary<string, double>.Empty.Add("density", density)],
    };

    sealed class Given(double[] values) : ITensorReader
    {
        public string Model => "given";

        public string Tensor => "w";

        public bool Read(long first, Span<double> destination)
        {
            values.AsSpan((int)first, destination.Length).CopyTo(destination);
            return false;
        }

        public bool TryAdd(long first, double factor, Span<double> sum) => false;
    }
}
