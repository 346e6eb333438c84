// What a row of a vote must hold beyond its shape, so that nothing stored can stop an export or a round, or teach the opposite. Knows no
// store.
using System.Text.Json;

namespace Majlis.Feedback.Votes;

static class VoteRowCheck
{
    const int LongestName = 256;

    /// <summary>The first wrong field and what was expected of it; null where all are right.</summary>
    public static string? Problem(VoteRow row) => Names(row) ?? Times(row) ?? Numbers(row) ?? Texts(row.Battle)
        ?? Side(row.Battle.A, "a") ?? Side(row.Battle.B, "b");

    static string? Names(VoteRow row)
    {
        var (battle, vote) = (row.Battle, row.Vote);
        if (!IsName(battle.Id)) return "'battle.id' cannot be one";
        if (vote.BattleId != battle.Id) return $"'vote.battle_id' is '{vote.BattleId}', not '{battle.Id}'";
        if (!IsName(vote.Voter)) return "'vote.voter' cannot be a voter's id";
        if (battle.Rater != Battle.Anyone && battle.Rater != vote.Voter) return "'battle.rater' is neither the voter nor '*'";
        return vote.Tags.IsDefault || vote.Tags.Any(tag => tag is null) ? "'vote.tags' holds null" : null;
    }

    static bool IsName(string name) => name.Length is > 0 and <= LongestName && !name.Contains('/');

    static string? Times(VoteRow row)
    {
        if (row.At < DateTimeOffset.UnixEpoch) return $"'at' is {row.At:O}, before 1970";
        if (row.Battle.Opened < DateTimeOffset.UnixEpoch) return $"'battle.opened' is {row.Battle.Opened:O}, before 1970";
        return row.Vote.CookieAge is { } age && (age < TimeSpan.Zero || age > row.At - DateTimeOffset.UnixEpoch)
            ? $"'vote.cookie_age' is {age}, and a cookie is given before its vote and after 1970" : null;
    }

    static string? Numbers(VoteRow row)
    {
        if (row.Battle.Propensity is not (> 0 and <= 1)) return FormattableString.Invariant(
            $"'battle.propensity' is {row.Battle.Propensity}; a number above 0 and up to 1 is expected");
        if (row.Marks.VotesThisMinute < 1) return $"'marks.votes_this_minute' is {row.Marks.VotesThisMinute}; at least 1 is expected";
        return row.Vote.DwellMs < 0 ? $"'vote.dwell_ms' is {row.Vote.DwellMs}; 0 or more is expected" : null;
    }

    static string? Texts(Battle battle) => Json(battle.MessagesJson, JsonValueKind.Array, "messages_json", "messages")
        ?? Json(battle.GroundedMessagesJson, JsonValueKind.Array, "grounded_messages_json", "messages")
        ?? Json(battle.DocumentsJson, JsonValueKind.Array, "documents_json", "documents")
        ?? Json(battle.TemplateArgumentsJson, JsonValueKind.Object, "template_arguments_json", "variables");

    static string? Side(BattleSide side, string name)
    {
        if (side.PromptTokens.Any(id => id < 0)) return $"'battle.{name}.prompt_tokens' holds a negative id";
        if (side.CompletionTokens.Any(id => id < 0)) return $"'battle.{name}.completion_tokens' holds a negative id";
        var scores = side.LogProbabilities.Length;
        if (scores > 0 && scores != side.CompletionTokens.Length)
            return $"'battle.{name}.log_probabilities' holds {scores} numbers for {side.CompletionTokens.Length} tokens";
        return Json(side.SamplingJson, JsonValueKind.Object, $"{name}.sampling_json", "options");
    }

    static string? Json(string? text, JsonValueKind kind, string field, string what)
    {
        if (text is null) return null;
        try
        {
            using var json = JsonDocument.Parse(text);
            if (json.RootElement.ValueKind == kind) return null;
        }
        catch (JsonException)
        {
            // Said below.
        }
        return $"'battle.{field}' is no JSON {(kind == JsonValueKind.Array ? "array" : "object")} of {what}";
    }
}
