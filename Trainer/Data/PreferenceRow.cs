// A row of preference data in any of its forms: TRL's with a prompt or without, OpenAI's, or token ids. Knows no tokenizer.
using System.Text.Json.Nodes;

namespace Majlis.Trainer.Data;

/// <param name="Prompt">A text or messages; null where the answers hold it.</param>
/// <param name="Chosen">A text or messages.</param>
/// <param name="Rejected">A text or messages.</param>
/// <param name="Source">For the chat's documents, tools and template arguments.</param>
public sealed record PreferenceRow(JsonNode? Prompt, JsonNode Chosen, JsonNode Rejected, JsonObject Source)
{
    /// <exception cref="DataException">The row has none of the forms, or its sides are equal or empty.</exception>
    public static PreferenceRow Of(JsonObject row)
    {
        var found = row["input"] is JsonObject input ? OpenAi(row, input) : Trl(row);
        if (JsonNode.DeepEquals(found.Chosen, found.Rejected)) throw new DataException("'chosen' and 'rejected' are equal");
        CheckAnswer(found.Chosen, "chosen");
        CheckAnswer(found.Rejected, "rejected");
        if ((found.Chosen is JsonArray) != (found.Rejected is JsonArray))
            throw new DataException("one of 'chosen' and 'rejected' is a text and the other a list of messages");
        return found;
    }

    /// <summary>The same with the prompt apart.</summary>
    public PreferenceRow WithPrompt()
    {
        if (Prompt is not null) return this;
        if (Chosen is JsonArray chosen)
        {
            var (prompt, good, bad) = ImplicitPrompt.Of(chosen, (JsonArray)Rejected);
            return this with { Prompt = prompt, Chosen = good, Rejected = bad };
        }
        var (text, better, worse) = ImplicitPrompt.Of(Chosen.GetValue<string>(), Rejected.GetValue<string>());
        return this with { Prompt = JsonValue.Create(text), Chosen = JsonValue.Create(better), Rejected = JsonValue.Create(worse) };
    }

    static PreferenceRow Trl(JsonObject row)
    {
        foreach (var side in new[] { "chosen", "rejected" })
            if (row[side] is null) throw new DataException($"expected 'chosen' and 'rejected'; there is no '{side}'");
        return new PreferenceRow(row["prompt"], row["chosen"]!, row["rejected"]!, row);
    }

    /// <summary>OpenAI's rows, https://platform.openai.com/docs/guides/direct-preference-optimization.</summary>
    static PreferenceRow OpenAi(JsonObject row, JsonObject input)
    {
        JsonNode Find(JsonObject of, string name) => of[name] is JsonArray list ? list
            : throw new DataException($"'{name}' is {(of[name] is null ? "missing" : "no list of messages")}");
        var source = RowMembers.List(input, "tools") is { Count: > 0 } tools ? new JsonObject { ["tools"] = tools.DeepClone() } : [];
        return new PreferenceRow(Find(input, "messages"), Find(row, "preferred_output"), Find(row, "non_preferred_output"), source);
    }

    static void CheckAnswer(JsonNode answer, string name)
    {
        if (answer is JsonArray { Count: 0 }) throw new DataException($"'{name}' has no message");
        if (RowMembers.IsEmpty(answer)) throw new DataException($"'{name}' is empty");
        if (answer is not JsonArray && (answer is not JsonValue value || !value.TryGetValue<string>(out _)))
            throw new DataException($"'{name}' is neither a text nor a list of messages");
    }
}
