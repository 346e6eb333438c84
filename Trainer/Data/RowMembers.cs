// Members of a row beside its texts: token ids, numbers, messages, lists. What is not of its kind is told with its name. Knows no
// tokenizer.
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Majlis.Trainer.Data;

static class RowMembers
{
    /// <param name="row">Of a file.</param>
    /// <param name="name">The member's.</param>
    /// <param name="vocabulary">How many ids there are.</param>
    /// <exception cref="DataException">There is no list of ids that the network has.</exception>
    public static int[] Ids(JsonObject row, string name, int vocabulary) => row[name] is JsonArray ids
        ? [.. ids.Select(id => id is not JsonValue value || !value.TryGetValue<int>(out var number) || number < 0
            ? throw new DataException($"'{name}' holds {id?.ToJsonString() ?? "null"}, expected token ids")
            : number < vocabulary ? number
            : throw new DataException($"'{name}' holds {number}, and the model's ids end at {vocabulary - 1}"))]
        : throw new DataException($"there is no list '{name}' of token ids");

    /// <exception cref="DataException">The member is no number.</exception>
    public static double? Number(JsonObject row, string name) => row[name] switch
    {
        null => null,
        JsonValue value when value.TryGetValue<double>(out var number) && double.IsFinite(number) => number,
        var other => throw new DataException($"'{name}' is {other.ToJsonString()}, expected a number"),
    };

    /// <summary>What the row counts; 1 where it does not say.</summary>
    /// <exception cref="DataException">It is no number, or below 0, which would teach the opposite.</exception>
    public static double Weight(JsonObject row) => Number(row, "weight") is not { } weight ? 1
        : weight >= 0 ? weight : throw new DataException(FormattableString.Invariant($"'weight' is {weight}, expected at least 0"));

    /// <summary>A list, or a text that is one in JSON, as TRL reads tools; null where there is none.</summary>
    /// <exception cref="DataException">It is something else.</exception>
    public static JsonArray? List(JsonObject row, string name)
    {
        var found = row[name];
        if (found is JsonValue value && value.TryGetValue<string>(out var text))
            try
            {
                found = JsonNode.Parse(text);
            }
            catch (JsonException)
            {
                // told below, as it stands in the row
            }
        return found is null or JsonArray ? (JsonArray?)found
            : throw new DataException($"'{name}' is {row[name]!.ToJsonString()}, expected a list");
    }

    /// <exception cref="DataException">One has no role, or says nothing.</exception>
    public static void CheckMessages(JsonArray messages)
    {
        foreach (var (index, message) in messages.Index())
        {
            if (message is not JsonObject members || members["role"] is not JsonValue role || !role.TryGetValue<string>(out var who)
                || who.Length == 0)
                throw new DataException($"message {index + 1} of the chat is {message?.ToJsonString() ?? "null"}, "
                    + "expected an object with 'role' and 'content'");
            if (members.All(member => member.Value is null || member.Key is "role" or "name" or "weight"))
                throw new DataException($"message {index + 1} of the chat, the {who}'s, has no 'content'");
        }
    }

    /// <summary>Whether an answer, a text or messages, says nothing.</summary>
    public static bool IsEmpty(JsonNode answer) => answer is JsonArray messages
        ? messages.All(message => message is JsonObject members && members["tool_calls"] is null && members["content"] is { } content
            && IsEmpty(content))
        : answer is JsonValue value && value.TryGetValue<string>(out var text) && text.Length == 0;
}
