// The body of a vote. The voter is not in it: who votes is said by the cookie.
using System.Collections.Immutable;
using System.Text.Json;
using Majlis.Feedback.Votes;
using Majlis.Server.Wire;

namespace Majlis.Server.Arena;

static class VoteReader
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

    static readonly string[] kinds = [VoterKinds.Person, VoterKinds.Scripted, VoterKinds.Judge];

    /// <summary>The vote, or null with the reason in <paramref name="problem"/>.</summary>
    public static Vote? Read(JsonElement body, string battleId, string voter, Problem problem)
    {
        var fields = new Fields(body, "", problem);
        if (problem.First is not null) return null;
        var word = fields.Word("verdict", [.. verdicts.Keys], required: true);
        var vote = new Vote(battleId, verdicts.GetValueOrDefault(word), Tags(fields), Comment(fields), voter,
            fields.Word("voter_kind", kinds), fields.Integer("dwell_ms", 0, LongestDwell), RevealedBeforeVote: false);
        fields.Done();
        return problem.First is null ? vote : null;
    }

    public static string Word(Verdict verdict) => verdicts.First(pair => pair.Value == verdict).Key;

    static ImmutableArray<string> Tags(Fields fields)
    {
        var tags = ImmutableArray.CreateBuilder<string>();
        foreach (var (value, name) in fields.Items("tags"))
            if (value.ValueKind != JsonValueKind.String) fields.Problem.Add(ApiError.WrongType(name, "a string", Fields.Kind(value)));
            else if (value.GetString() is { Length: > 0 and <= LongestTag } tag && tags.Count < MostTags) tags.Add(tag);
            else fields.Problem.Add(ApiError.InvalidValue(name, $"Invalid '{name}': up to {MostTags} tags of 1 to {LongestTag} letters."));
        return tags.ToImmutable();
    }

    static string? Comment(Fields fields)
    {
        var comment = fields.Text("comment");
        if (comment?.Length > LongestComment)
            fields.Problem.Add(ApiError.InvalidValue("comment", $"Invalid 'comment': up to {LongestComment} letters."));
        return comment;
    }
}
