// What is dropped, several elements at a time, against one by one.
using System.Collections.Immutable;
using System.Runtime.InteropServices;
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

    /// <summary>Elements enough for a sample: even rows, rows that the sample misses, and experts of which most is the base.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    [InlineData(0)]
    public void A_sampled_tensors_borders_are_those_of_a_sort(float laterScale)
    {
        const int elements = 1 << 17;
        var random = new Random(6);
        var values = Enumerable.Range(0, elements)
            .Select(i => (float)(random.NextDouble() - 0.5) * (i % 257 < 32 ? 1 : laterScale)).ToArray();
        var sorted = values.Select(Math.Abs).Order().ToArray();
        long[] ranks = [1000, elements / 2, elements - 5];
        var found = MagnitudeBorders.Find(new TensorTask
        {
            Name = "w",
            Shape = [elements],
            OutputType = TensorType.F32,
            Base = 0,
            BaseModel = 0,
            Inputs = [new Stored(new float[elements]), new Stored(values)],
        }, [ranks])[0];
        Assert.Equal(ranks.Select(rank => sorted[rank]), found.Select(number => number.Value));
        Assert.Equal(found.Select(number => sorted.LongCount(value => value < number.Value)), found.Select(number => number.Below));
    }

    sealed class Stored(float[] values) : ITensorReader
    {
        public string Model => "given";

        public string Tensor => "w";

        public bool Read(long first, Span<double> destination) => throw new NotSupportedException();

        public TensorType? Plain(long first, int count, out ReadOnlySpan<byte> bytes)
        {
            bytes = MemoryMarshal.AsBytes(values.AsSpan((int)first, count));
            return TensorType.F32;
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

        public TensorType? Plain(long first, int count, out ReadOnlySpan<byte> bytes)
        {
            bytes = default;
            return null;
        }
    }
}
