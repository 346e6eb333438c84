// When the next round is due: after enough votes that the last one did not see, or soon where it could not be ended. Knows votes by their
// numbers only.
using Majlis.Feedback.Store;

namespace Majlis.Trainer.Rounds;

/// <param name="source">The votes.</param>
/// <param name="votes">How many new ones start a round.</param>
/// <param name="time">Between two looks.</param>
/// <param name="say">Takes lines for people.</param>
public sealed class RoundPause(VoteSource source, int votes, TimeProvider time, Action<string> say)
{
    public static TimeSpan Interval { get; } = TimeSpan.FromSeconds(5);

    /// <summary>Comes back when the round after <paramref name="last"/> is to begin; null where that one stopped on its way.</summary>
    public async Task AfterAsync(RoundOutcome? last)
    {
        if (last is not null) say($"waiting for {votes} new votes");
        do await Task.Delay(Interval, time);
        while (last is not null && !await EnoughAsync(last.Through));
    }

    /// <summary>A verdict for want of evidence leaves the votes in place: only what came since can change it.</summary>
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
