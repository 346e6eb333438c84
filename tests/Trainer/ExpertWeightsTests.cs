// How experts count in a merge, and a round that searches for it.
using Majlis.Model;
using Majlis.Model.Adapters;
using Majlis.Model.Weights;
using Majlis.Trainer.Rounds;
using Xunit;

namespace Majlis.tests.Trainer;

public sealed class ExpertWeightsTests
{
    static readonly Expert[] experts = [new("ar", ["1", "2", "3"]), new("en", ["4"])];

    [Theory]
    [InlineData("equal", 0.5, 0.5)]
    [InlineData("size", 0.75, 0.25)]
    [InlineData("en=3", 0.25, 0.75)]
    [InlineData("ar=1,en=4", 0.2, 0.8)]
    [InlineData("fr=9", 0.5, 0.5)]
    public void Weights_sum_to_one(string rule, double ar, double en) => Assert.Equal([ar, en], ExpertWeights.Of(rule, experts));

    [Theory]
    [InlineData("equal", true)]
    [InlineData("search", true)]
    [InlineData("tag:x=2", true)]
    [InlineData("biggest", false)]
    [InlineData("ar=0", false)]
    [InlineData("ar=1,ar=2", false)]
    [InlineData("ar=nan", false)]
    [InlineData("=1", false)]
    public void A_rule_is_known_or_refused_by_its_option(string rule, bool known) =>
        Assert.Equal(known, new RoundOptions { Weights = rule }.Problems()
            .All(line => !line.StartsWith("--weights: ", StringComparison.Ordinal)));

    [Fact]
    public void A_search_tries_each_weighting_once() =>
        Assert.Equal(["0.5 0.5", "0.75 0.25", "0.667 0.333", "0.333 0.667"], ExpertWeights.Candidates(experts)
            .Select(weights => string.Join(' ', weights.Select(weight => FormattableString.Invariant($"{weight:0.###}")))));

    [Fact]
    public async Task A_version_is_its_parent_with_the_adapters_that_it_keeps_each_by_its_weight()
    {
        using var round = new RoundFixture();
        await round.RunAsync(RoundFixture.Options with { Weights = "en=3" });
        var version = round.Catalog.Read("v0001");
        using var parent = Checkpoint.Open(round.Model);
        using var master = SafetensorsFolder.Open(round.Catalog.MasterPath("v0001"));
        var sum = AdapterSum.Of([.. version.Adapters!.Select(adapter => (LowRankAdapter.Open(
            round.Catalog.AdapterPath("v0001", adapter.Name), parent.Blueprint), adapter.Weight))]);
        Assert.NotEmpty(sum.Pairs);
        Assert.True(version.Adapters!.Select(adapter => adapter.Weight).Distinct().Count() > 1);
        foreach (var (module, pair) in sum.Pairs)
        {
            var (before, after) = (Numbers(parent.Weights, module), Numbers(master, module));
            for (var at = 0; at < before.Length; at++)
                Assert.Equal(after[at], before[at] + Enumerable.Range(0, pair.Rank).Sum(r =>
                    (double)pair.Up[at / pair.Inputs * pair.Rank + r] * pair.Down[r * pair.Inputs + at % pair.Inputs]), 1e-5);
        }

        static float[] Numbers(IWeightSource source, string module)
        {
            var numbers = new float[source.Tensors[$"{module}.weight"].Elements];
            source.Read($"{module}.weight", 0, numbers);
            return numbers;
        }
    }

    [Fact]
    public async Task A_searching_round_records_what_it_tried_and_merges_the_best()
    {
        using var round = new RoundFixture();
        var outcome = await round.RunAsync(RoundFixture.Options with { Weights = "search" });
        Assert.True(outcome.Promoted, string.Join('\n', outcome.Reasons));
        var recipe = round.Catalog.Read("v0001").Recipe!.Value;
        var tried = recipe.GetProperty("search").GetProperty("Tried").EnumerateArray().ToArray();
        Assert.InRange(tried.Length, 3, 4);
        var best = tried.MaxBy(each => each.GetProperty("Preferred").GetInt32()).GetProperty("Weights").EnumerateArray()
            .Select(weight => weight.GetDouble());
        var merged = recipe.GetProperty("merge").GetString()!;
        Assert.Equal(best, round.Catalog.Read("v0001").Adapters!.Select(adapter => adapter.Weight));
        foreach (var weight in best) Assert.Contains(FormattableString.Invariant($"weight: {weight:R}"), merged, StringComparison.Ordinal);
    }
}
