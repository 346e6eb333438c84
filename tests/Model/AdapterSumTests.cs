// Several adapters as one give the weighted sum of what each gives, also where they have other modules or ranks.
using Majlis.Model.Adapters;
using Xunit;

namespace Majlis.tests.Model;

public sealed class AdapterSumTests
{
    [Fact]
    public void The_sum_is_the_weighted_sum_of_the_products()
    {
        var (one, two) = (Adapter(1, 2, "q", "k"), Adapter(2, 3, "k", "v"));
        var sum = AdapterSum.Of([(one, 0.25), (two, 0.75)]);
        Assert.Equal(["k", "q", "v"], sum.Pairs.Keys.Order(StringComparer.Ordinal));
        foreach (var (module, pair) in sum.Pairs)
        {
            var expected = Product(one, module).Zip(Product(two, module), (a, b) => 0.25 * a + 0.75 * b).ToArray();
            Assert.All(Product(sum, module).Zip(expected), pair => Assert.Equal(pair.Second, pair.First, 1e-6));
            Assert.Equal((3, 4), (pair.Inputs, pair.Outputs));
        }
        Assert.Equal(5, sum.Pairs["k"].Rank);
    }

    static LowRankAdapter Adapter(int seed, int rank, params string[] modules) => new(modules.ToDictionary(module => module,
        module => new LowRankPair(rank, 3, 4, Numbers(rank * 3, seed + module[0]), Numbers(4 * rank, seed - module[0]))));

    static float[] Numbers(int count, int seed) => [.. Enumerable.Range(0, count).Select(index => MathF.Sin(seed + index * 1.7f))];

    // [outputs, inputs]; zeros where the adapter leaves the module out.
    static double[] Product(LowRankAdapter adapter, string module) => !adapter.Pairs.TryGetValue(module, out var pair) ? new double[12]
        : [.. Enumerable.Range(0, 12).Select(at => Enumerable.Range(0, pair.Rank)
            .Sum(r => (double)pair.Up[at / 3 * pair.Rank + r] * pair.Down[r * 3 + at % 3]))];
}
