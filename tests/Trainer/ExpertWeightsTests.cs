// How experts count in a merge, and a round that searches for it.
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
        foreach (var weight in best) Assert.Contains(FormattableString.Invariant($"weight: {weight:R}"), merged, StringComparison.Ordinal);
    }
}
