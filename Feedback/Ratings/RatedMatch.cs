// A match between two versions with its outcome, and the ratings made of matches. Knows no votes' content.
using Majlis.Feedback.Votes;

namespace Majlis.Feedback.Ratings;

/// <param name="Outcome">1 where A won, 0 where B won, one half for a tie and for both bad.</param>
/// <param name="Count">How often.</param>
public sealed record RatedMatch(string A, string B, double Outcome, double Count = 1)
{
    /// <summary>The match of a vote's two versions, or null where the vote was skipped or a version met itself.</summary>
    public static RatedMatch? Of(StoredVote stored)
    {
        var (a, b) = (Name(stored.Battle.A), Name(stored.Battle.B));
        if (stored.Vote.Verdict == Verdict.Skip || a == b) return null;
        return new RatedMatch(a, b, stored.Vote.Verdict switch { Verdict.A => 1, Verdict.B => 0, _ => 0.5 });
    }

    static string Name(BattleSide side) => side.Adapter is null ? side.Version : $"{side.Version}+{side.Adapter}";
}

/// <param name="Theta">Strength in natural-log units; all of them have the mean 0.</param>
/// <param name="Value">1000 + Theta * 400 / ln 10.</param>
/// <param name="Lower">Lower end of the 95 % interval (sandwich).</param>
/// <param name="Upper">Upper end of the 95 % interval.</param>
/// <param name="Rank">1 plus the number of competitors whose interval lies wholly above this one's.</param>
public sealed record Rating(string Competitor, double Theta, double Value, double Lower, double Upper, int Rank);

/// <summary>Ratings in the competitors' ordinal order, or the reason why there can be none.</summary>
public sealed record RatingTable(IReadOnlyList<Rating> Ratings, string? Refusal);
