// Reads the body of a vote. The body does not name the voter: the cookie does.
using System.Collections.Immutable;
using System.Text.Json;
using Majlis.Feedback.Votes;
using Majlis.Server.Wire;

namespace Majlis.Server.Arena;

/// <param name="kind">The kind of voters, set by the server's options; no request can set it.</param>
sealed class VoteReader(string kind)
{
    const int MostTags = 16;
    const int LongestTag = 64;
    const int LongestComment = 4000;
    const long LongestDwell = 24 * 60 * 60 * 1000;

    static readonly Dictionary<string, Verdict> verdicts = new()
    {
        ["a"] = Verdict.A,
        ["b"] = Verdict.B,
        ["tie"] = Verdict.Tie,
        ["both_bad"] = Verdict.BothBad,
        ["skip"] = Verdict.Skip,
    };

    /// <summary>The vote, or null with the reason in <paramref name="problem"/>.</summary>
    public Vote? Read(JsonElement body, string battleId, Rater rater, Problem problem)
    {
        var fields = new Fields(body, "", problem);
        if (problem.First is not null) return null;
        var word = fields.Word("verdict", [.. verdicts.Keys], required: true);
        if (fields.Any("voter_kind") is not null)
            problem.Add(ApiError.UnsupportedField("voter_kind", "The server alone says what kind its voters are (its option --voters)."));
        var vote = new Vote(battleId, verdicts.GetValueOrDefault(word), Tags(fields), fields.Text("comment", LongestComment),
            rater.Voter, kind, fields.Integer("dwell_ms", 0, LongestDwell), RevealedBeforeVote: false)
        {
            Address = rater.Address,
            CookieAge = rater.CookieAge,
        };
        fields.Done();
        return problem.First is null ? vote : null;
    }

    public static string Word(Verdict verdict) => verdicts.First(pair => pair.Value == verdict).Key;

    static ImmutableArray<string> Tags(Fields fields)
    {
        var tags = ImmutableArray.CreateBuilder<string>();
        foreach (var (value, name) in fields.Items("tags"))
            if (value.ValueKind != JsonValueKind.String) fields.Problem.Add(ApiError.WrongType(name, "a string", Fields.Kind(value)));
            else if (value.GetString() is { Length: > 0 } tag && Fields.Letters(tag) <= LongestTag && tags.Count < MostTags) tags.Add(tag);
            else fields.Problem.Add(ApiError.InvalidValue(name, $"Invalid '{name}': up to {MostTags} tags of 1 to {LongestTag} letters."));
        return tags.ToImmutable();
    }
}
