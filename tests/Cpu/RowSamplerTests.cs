// The cpu backend's sampler equals the pure one, token for token.
using Majlis.Cpu.Sampling;
using Majlis.Inference;
using Majlis.Model;
using Majlis.tests.Torch;
using Xunit;

namespace Majlis.tests.Cpu;

public sealed class RowSamplerTests
{
    [Theory]
    [InlineData(50, 1.0)]
    [InlineData(3001, 1.0)]
    [InlineData(3000, 0.25)] // rounded logits: many ties
    public unsafe void Equals_the_pure_sampler(int vocabulary, double step)
    {
        var random = new Random(vocabulary);
        var (pure, sampler) = (new Sampler(vocabulary), new RowSampler(vocabulary));
        for (var round = 0; round < 200; round++)
        {
            var row = DeviceSamplingTests.Logits(random, vocabulary, step);
            var plan = DeviceSamplingTests.Plan(random, 0) with { Allowed = DeviceSamplingTests.Allowed(random, vocabulary) };
            var expected = pure.Sample(row, plan);
            fixed (float* logits = row)
            {
                var drawn = sampler.Sample(logits, plan);
                Assert.True(expected.Id == drawn.Id, $"{plan}: {expected.Id} expected, {drawn.Id} drawn");
                Assert.Equal(expected.LogProbability, drawn.LogProbability, 1e-4f);
            }
        }
    }

    [Fact]
    public unsafe void A_row_that_is_not_finite_says_so()
    {
        var row = new float[40];
        row[7] = float.NaN;
        fixed (float* logits = row)
            foreach (var temperature in (float[])[0, 1])
                Assert.False(float.IsFinite(new RowSampler(40).Sample(logits, new(0, temperature, 0, 1, 0, 0.5)).LogProbability));
    }
}
