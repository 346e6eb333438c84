// The gate's items: a prompt is one item, however many votes it has; nothing counts where nothing moved.
using Majlis.Evaluation;
using Xunit;

namespace Majlis.tests.Evaluation;

public sealed class HeldOutPrompts
{
    [Fact]
    public void A_pair_that_did_not_move_is_neither_gained_nor_lost()
    {
        ScoredItem[] before = [Item(-3, -4), Item(-3, -4), Item(-3, -4)];
        var moved = HeldOutCounts.Moved(before, [Item(-3, -4), Item(-2, -4), Item(-2, -2)], ["one", "two", "three"]);
        Assert.Equal((1, 1, 3), (moved.Gained, moved.Lost, moved.Items));
        var unchanged = HeldOutCounts.Moved(before, before, ["one", "two", "three"]);
        Assert.Equal((1.0, 1.0), (unchanged.BetterP, unchanged.WorseP));
    }

    [Fact]
    public void Many_votes_on_one_prompt_are_one_item_of_their_majority()
    {
        ScoredItem[] before = [.. Enumerable.Repeat(Item(-3, -4), 7)];
        ScoredItem[] after = [Item(-2, -4), Item(-2, -4), Item(-5, -4), Item(-2, -4), Item(-5, -4), Item(-5, -4), Item(-3, -4)];
        string[] prompts = ["many", "many", "many", "even", "even", "single", "still"];
        var moved = HeldOutCounts.Moved(before, after, prompts);
        Assert.Equal((1, 1, 4), (moved.Gained, moved.Lost, moved.Items));
        var preferred = HeldOutCounts.Preferred(before, after, prompts);
        Assert.Equal(new PairedCounts(2, 0, 2, 0), preferred);
    }

    static ScoredItem Item(double chosen, double rejected) => new("", chosen, rejected, 1, 1);
}
