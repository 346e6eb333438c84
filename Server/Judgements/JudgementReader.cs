// Reads the body of POST /v1/feedback. Knows no completion.
using System.Text.Json;
using Majlis.Server.Wire;

namespace Majlis.Server.Judgements;

/// <param name="Rating">good, bad, or null.</param>
/// <param name="Preferred">The answer as it should have been, or null.</param>
sealed record Judgement(string Completion, string? Rating, string? Preferred, string? Comment);

static class JudgementReader
{
    const int LongestComment = 4000;

    /// <summary>The judgement, or null with the reason in <paramref name="problem"/>.</summary>
    public static Judgement? Read(JsonElement body, Problem problem)
    {
        var fields = new Fields(body, "", problem);
        if (problem.First is not null) return null;
        var judgement = new Judgement(fields.RequiredText("completion_id"),
            fields.Has("rating") ? fields.Word("rating", ["good", "bad"]) : null, fields.Text("preferred"),
            fields.Text("comment", LongestComment));
        problem.AddIf(judgement.Preferred is { } text && string.IsNullOrWhiteSpace(text),
            ApiError.InvalidValue("preferred", "Invalid 'preferred': an answer is expected, not an empty text."));
        problem.AddIf(judgement is { Rating: null, Preferred: null, Comment: null }, ApiError.MissingField("rating"));
        fields.Done();
        return problem.First is null ? judgement : null;
    }
}
