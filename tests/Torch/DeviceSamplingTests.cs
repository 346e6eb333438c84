// Drawing on the device equals the pure sampler, token for token: temperatures, truncations and ties.
using Majlis.Inference;
using Majlis.Model;
using Majlis.Torch;
using Xunit;
using static TorchSharp.torch;

namespace Majlis.tests.Torch;

public sealed class DeviceSamplingTests
{
    [Theory]
    [InlineData(50, 1.0)]
    [InlineData(3000, 1.0)]
    [InlineData(3000, 0.25)] // rounded logits: many ties, as in bf16
    public void Equals_the_pure_sampler(int vocabulary, double step)
    {
        var random = new Random(vocabulary);
        var pure = new Sampler(vocabulary);
        for (var round = 0; round < 60; round++)
        {
            var rows = Enumerable.Range(0, 3).Select(_ => Logits(random, vocabulary, step)).ToArray();
            var plans = rows.Select((_, i) => Plan(random, i) with { Allowed = Allowed(random, vocabulary) }).ToArray();
            using var scope = NewDisposeScope();
            var drawn = new SampledToken[plans.Length];
            DeviceSampler.Sample(tensor(rows.SelectMany(row => row).ToArray()).reshape(rows.Length, vocabulary), plans, drawn);
            for (var i = 0; i < plans.Length; i++)
            {
                var expected = pure.Sample(rows[i], plans[i]);
                Assert.True(expected.Id == drawn[i].Id, $"{plans[i]}: {expected.Id} expected, {drawn[i].Id} drawn");
                Assert.Equal(expected.LogProbability, drawn[i].LogProbability, 1e-4f);
            }
        }
    }

    [Fact]
    public void Greedy_takes_the_lowest_id_of_equals()
    {
        using var scope = NewDisposeScope();
        var logits = zeros(2, 50_000);
        logits[0, 777] = tensor(3f);
        logits[0, 40_000] = tensor(3f);
        var drawn = new SampledToken[2];
        DeviceSampler.Sample(logits, [new(0, 0, 0, 1, 0, 0.9), new(1, 0, 0, 1, 0, 0.9)], drawn);
        Assert.Equal([777, 0], drawn.Select(token => token.Id));
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(1f)]
    public void A_row_that_is_not_finite_says_so_and_leaves_the_others_alone(float temperature)
    {
        using var scope = NewDisposeScope();
        var logits = zeros(2, 5);
        logits[0] = tensor(float.NaN);
        logits[1, 3] = tensor(50f);
        var drawn = new SampledToken[2];
        DeviceSampler.Sample(logits, [new(0, temperature, 0, 1, 0, 0.5), new(1, temperature, 0, 1, 0, 0.5)], drawn);
        Assert.False(float.IsFinite(drawn[0].LogProbability));
        Assert.Equal(new SampledToken(3, 0), drawn[1]);
    }

    internal static float[] Logits(Random random, int count, double step)
    {
        var spread = 1 + 4 * random.NextDouble();
        return [.. Enumerable.Range(0, count)
            .Select(_ => (float)(Math.Round(spread * (random.NextDouble() + random.NextDouble() + random.NextDouble() - 1.5) / (step == 1
            ? 1e-6 : step)) * (step == 1 ? 1e-6 : step)))];
    }

    /// <summary>All tokens, or some: few, most, or whole words of bits.</summary>
    internal static ReadOnlyMemory<ulong> Allowed(Random random, int vocabulary)
    {
        if (random.Next(3) == 0) return default;
        var bits = new ulong[(vocabulary + 63) / 64];
        for (var i = 0; i < bits.Length; i++)
            bits[i] = random.Next(4) switch { 0 => 0, 1 => ulong.MaxValue, 2 => 1ul << random.Next(64), _ => (ulong)random.NextInt64() };
        bits[0] |= 1ul << random.Next(Math.Min(64, vocabulary));
        return bits;
    }

    internal static SamplingPlan Plan(Random random, int row) => new(row, random.Next(4) == 0 ? 0 : (float)(0.3 + random.NextDouble()),
        random.Next(2) == 0 ? 0 : 1 + random.Next(40), random.Next(3) == 0 ? 1 : (float)(0.05 + 0.94 * random.NextDouble()),
        random.Next(2) == 0 ? 0 : (float)(0.2 * random.NextDouble()), random.NextDouble());
}
