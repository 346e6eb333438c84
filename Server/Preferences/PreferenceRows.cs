// One vote as a row of an export: TRL's conversational preference, OpenAI's preference, or the vote with its whole battle. Knows no store.
using System.Text.Json.Nodes;
using Majlis.Feedback.Votes;
using Majlis.Server.Wire;

namespace Majlis.Server.Preferences;

static class PreferenceRows
{
    public static IReadOnlyList<string> Formats { get; } = ["trl", "openai", "battles"];

    /// <summary>The row, or null where the vote prefers no side, or one of two equal texts, and the format has no row for that.</summary>
    public static string? Of(StoredVote stored, string format)
    {
        if (format == "battles") return VoteRow.Write(stored);
        if (stored.Vote.Verdict is not (Verdict.A or Verdict.B)) return null;
        var (a, b) = (stored.Battle.A.Text, stored.Battle.B.Text);
        if (a == b) return null;
        var (chosen, rejected) = stored.Vote.Verdict == Verdict.A ? (a, b) : (b, a);
        var messages = JsonNode.Parse(stored.Battle.GroundedMessagesJson ?? stored.Battle.MessagesJson)!;
        var row = format == "trl"
            ? Trl(stored.Battle, messages, chosen, rejected)
            : new JsonObject
            {
                ["input"] = new JsonObject { ["messages"] = messages, ["tools"] = new JsonArray(), ["parallel_tool_calls"] = true },
                ["preferred_output"] = Answer(chosen),
                ["non_preferred_output"] = Answer(rejected),
            };
        return row.ToJsonString(WireJson.Wire.Options);
    }

    // TRL hands chat_template_kwargs to the template; it has no other place for documents.
    static JsonObject Trl(Battle battle, JsonNode messages, string chosen, string rejected)
    {
        var row = new JsonObject { ["prompt"] = messages, ["chosen"] = Answer(chosen), ["rejected"] = Answer(rejected) };
        var variables = battle.TemplateArgumentsJson is { } given ? JsonNode.Parse(given)!.AsObject() : [];
        if (battle.DocumentsJson is { } documents) variables["documents"] = JsonNode.Parse(documents);
        if (variables.Count > 0) row["chat_template_kwargs"] = variables;
        return row;
    }

    static JsonArray Answer(string text) => [new JsonObject { ["role"] = "assistant", ["content"] = text }];
}
