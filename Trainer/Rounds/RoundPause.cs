// Waits for the next round: until there are enough votes that the last round did not see, or a short while after a round that failed.
// Knows votes by their numbers only.
using Majlis.Feedback.Store;

namespace Majlis.Trainer.Rounds;

/// <param name="source">Source of the votes.</param>
/// <param name="votes">New votes that start a round.</param>
/// <param name="time">For the wait between two checks.</param>
/// <param name="say">Gets lines for people.</param>
public sealed class RoundPause(VoteSource source, int votes, TimeProvider time, Action<string> say)
{
    public static TimeSpan Interval { get; } = TimeSpan.FromSeconds(5);

    /// <summary>Returns when the round after <paramref name="last"/> is due; null where that one stopped on its way.</summary>
    public async Task AfterAsync(RoundOutcome? last)
    {
        if (last is null) await Task.Delay(Interval, time);
        else await WaitAsync(last.Through);
    }

    /// <summary>Returns when the first round of all is due.</summary>
    public Task BeforeFirstAsync() => WaitAsync(0);

    async Task WaitAsync(long seen)
    {
        say($"waiting for {votes} new votes");
        do await Task.Delay(Interval, time);
        while (!await EnoughAsync(seen));
    }

    /// <summary>A verdict of not enough evidence leaves the votes in place: only newer votes can change it.</summary>
    async Task<bool> EnoughAsync(long seen)
    {
        try
        {
            return await source.Newest() - Math.Max(await source.Position(), seen) >= votes;
        }
        catch (FeedbackUnavailableException away)
        {
            say($"the vote store is away, waiting: {away.Message}");
            return false;
        }
    }
}
