// One walk against the two walks of RankSearch: the same number where the sample tells about where it lies, no answer where it does not.
using Majlis.Merge.Arithmetic;
using Xunit;

namespace Majlis.tests.Merge;

public sealed class BracketSearchTests
{
    const int Count = 30_011;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(15_000)]
    [InlineData(29_000)]
    [InlineData(Count - 1)]
    public void A_fair_sample_finds_what_two_walks_find(long rank)
    {
        var random = new Random(2);
        // Many equal ones, as differences of 16-bit numbers are.
        var numbers = Enumerable.Range(0, Count).Select(_ => random.Next(5000) / 1024f).ToArray();
        using var search = new BracketSearch([.. numbers.Where((_, i) => i % 3 == 0)], rank, Count);
        for (var first = 0; first < Count; first += 1001) search.Count(numbers.AsSpan(first, Math.Min(1001, Count - first)));
        Assert.Equal(RankSearch.Find(visit => visit(numbers), rank)[0], search.Found());
    }

    [Fact]
    public void A_sample_that_misleads_finds_nothing()
    {
        var numbers = Enumerable.Range(0, Count).Select(i => (float)i).ToArray();
        using var search = new BracketSearch([.. numbers.Take(100)], Count / 2, Count);
        search.Count(numbers);
        Assert.Null(search.Found());
    }

    [Fact]
    public void Where_most_numbers_are_equal_it_finds_nothing()
    {
        var numbers = Enumerable.Range(0, Count).Select(i => i % 10 == 0 ? 1f : 0).ToArray();
        using var search = new BracketSearch([.. numbers.Take(1000)], Count / 2, Count);
        search.Count(numbers);
        Assert.Null(search.Found());
    }
}
