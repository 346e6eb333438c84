// When a running trainer begins its next round.
using Majlis.Evaluation;
using Majlis.tests.Support;
using Majlis.Trainer.Rounds;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Majlis.tests.Trainer;

public sealed class RoundPauses
{
    readonly FakeTimeProvider time = new();
    long newest = 60;
    long position;
    int looks;

    Task AfterAsync(RoundOutcome? last) => new RoundPause(Votes, 50, time, _ => { }).AfterAsync(last);

    VoteSource Votes => new("trainer", _ => throw new InvalidOperationException("A pause reads no votes."), () =>
    {
        looks++;
        return Task.FromResult(Volatile.Read(ref newest));
    }, () => Task.FromResult(position), _ => throw new InvalidOperationException("A pause uses up no votes."),
        _ => throw new InvalidOperationException("A pause asks for no erasures."));

    Task LookedAsync(int times) => Eventually.HoldsAsync("another look at the votes", () =>
    {
        time.Advance(RoundPause.Interval);
        return Volatile.Read(ref looks) >= times;
    });

    Task EndsAsync(Task due) => Eventually.HoldsAsync("the next round is due", () =>
    {
        time.Advance(RoundPause.Interval);
        return due.IsCompletedSuccessfully;
    });

    [Fact]
    public async Task A_first_round_waits_for_its_votes()
    {
        Volatile.Write(ref newest, 49);
        var due = new RoundPause(Votes, 50, time, _ => { }).BeforeFirstAsync();
        await LookedAsync(3);
        Assert.False(due.IsCompleted);
        Volatile.Write(ref newest, 50);
        await EndsAsync(due);
    }

    [Fact]
    public async Task Votes_left_in_place_do_not_start_a_round_that_has_seen_them()
    {
        var due = AfterAsync(RoundOutcome.Unjudged(GateDecision.NotEnoughEvidence, 10, through: 60, []));
        await LookedAsync(3);
        Volatile.Write(ref newest, 109);
        await LookedAsync(Volatile.Read(ref looks) + 3);
        Assert.False(due.IsCompleted);
        Volatile.Write(ref newest, 110);
        await EndsAsync(due);
    }

    [Fact]
    public async Task Votes_cast_while_the_round_ran_count()
    {
        position = 10;
        await EndsAsync(AfterAsync(new RoundOutcome("v0001", GateDecision.Promote, 0, true, true, Through: 10, [])));
    }

    [Fact]
    public async Task A_round_that_stopped_on_its_way_is_tried_again_without_a_vote()
    {
        position = 60;
        await EndsAsync(AfterAsync(null));
        Assert.Equal(0, looks);
    }
}
