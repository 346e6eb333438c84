// A prompt to sample answers for, and what a right answer to it must hold. Knows no model.
using System.Text.Json;
using System.Text.Json.Nodes;
using Majlis.Evaluation;
using Majlis.Text.Chat;
using Majlis.Trainer.Data;

namespace Majlis.Trainer.Iterate;

/// <param name="Place">File and line.</param>
/// <param name="Item">The conversation, and its patterns where it has any.</param>
sealed record PromptRow(string Place, AnswerItem Item)
{
    public Conversation Conversation => Item.Conversation;

    /// <summary>All prompts of all files in order.</summary>
    /// <param name="paths">JSONL or Parquet.</param>
    /// <param name="needsPatterns">Whether each must say what a right answer holds.</param>
    /// <exception cref="DataException">A file or a row cannot be read, or there is none.</exception>
    public static IReadOnlyList<PromptRow> Read(IReadOnlyList<string> paths, bool needsPatterns)
    {
        PromptRow[] rows = [.. EncodedRows.Of(paths, (row, place) => Of(row, place, needsPatterns))];
        return rows.Length > 0 ? rows : throw new DataException($"{string.Join(", ", paths)}: there is no prompt in it.");
    }

    static PromptRow Of(JsonObject row, string place, bool needsPatterns)
    {
        var messages = (row["messages"] ?? row["prompt"]) switch
        {
            JsonArray { Count: > 0 } list => (JsonArray)list.DeepClone(),
            JsonValue value when value.TryGetValue<string>(out var text) && text.Length > 0 =>
                new JsonArray(new JsonObject { ["role"] = "user", ["content"] = text }),
            _ => throw new DataException("expected 'messages' (a list), or 'prompt' (a text or a list of messages)"),
        };
        var item = new AnswerItem("prompt", messages, Patterns(row, "matches"))
        {
            Excludes = Patterns(row, "excludes"),
            Documents = row["documents"]?.DeepClone() as JsonArray,
        };
        if ((needsPatterns || item.Matches.Count + item.Excludes.Count > 0) && item.Problem() is { } problem)
            throw new DataException(problem);
        return new PromptRow(place, item);
    }

    static string[] Patterns(JsonObject row, string name) => row[name] switch
    {
        null => [],
        JsonArray list => list.Deserialize<string[]>() ?? [],
        _ => throw new DataException($"'{name}' is no list of patterns"),
    };
}
