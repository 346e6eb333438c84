// From a row in one of TRL's forms to token ids: `messages`, `prompt` and `completion` (texts or messages), or `text`. A chat may bring
// `documents`, `tools` and `chat_template_kwargs`, an assistant's message a `weight` of 0; other members are ignored, as in TRL. Knows no
// files.
using System.Text.Json.Nodes;
using Majlis.Text.Chat;
using Majlis.Text.Tokenizers;
using Majlis.Trainer.Supervised.Data;

namespace Majlis.Trainer.Data;

/// <param name="tokenizer">The model's.</param>
/// <param name="template">For rows that are chats; null where the model has none.</param>
/// <param name="end">The id that ends plain text; null where the model has none.</param>
/// <param name="wholeText">Every token is a target; otherwise the completion's only, or in a chat the assistant's.</param>
/// <param name="time">What a template that prints the date prints.</param>
public sealed class RowEncoder(TextTokenizer tokenizer, ChatTemplate? template, int? end, bool wholeText, TimeProvider time)
{
    /// <summary>How many token ids there are.</summary>
    public int Vocabulary { get; init; } = tokenizer.VocabularySize;

    /// <exception cref="DataException">The row has none of the forms, or its chat cannot be rendered.</exception>
    /// <exception cref="Text.Jinja.JinjaException">The template failed or refused the chat.</exception>
    public Example Encode(JsonObject row, string place)
    {
        if (RowMembers.Weight(row) != 1) throw new DataException("'weight' is for pairs and single answers; here 1 or none is expected");
        if (row["messages"] is JsonArray messages) return Chat(row, messages, place);
        if (row["prompt"] is { } prompt && row["completion"] is { } completion) return Completed(row, prompt, completion, place);
        if (row["text"] is JsonValue value && value.TryGetValue<string>(out var text)) return Whole(WithEnd(Tokens(text)), place);
        throw new DataException("expected 'messages' (a list), 'prompt' and 'completion', or 'text' (a text); "
            + $"the row has {string.Join(", ", row.Select(member => $"'{member.Key}'"))}");
    }

    /// <summary>
    /// An answer after its prompt, both texts or both messages, of which the answer's tokens are the targets; without a prompt all of it.
    /// </summary>
    /// <param name="prompt">Null where the answer is the whole text or chat.</param>
    /// <param name="answer">A text or messages.</param>
    /// <param name="source">For a chat's documents, tools and template arguments.</param>
    /// <param name="place">File and line.</param>
    /// <exception cref="DataException">They are neither, or cannot be rendered.</exception>
    public Example Answer(JsonNode? prompt, JsonNode answer, JsonObject source, string place) =>
        prompt is not null ? Completed(source, prompt, answer, place)
        : Whole(answer is JsonArray messages ? Chat(source, messages, generates: false) : WithEnd(Tokens(TextOf(answer, "answer"))), place);

    Example Chat(JsonObject row, JsonArray messages, string place)
    {
        var prompt = ChatPrompt.EncodeWithMask(Template(), tokenizer, Conversation(row, messages));
        if (wholeText) return Whole([.. prompt.Ids], place);
        var ids = prompt.Ids.ToArray();
        var targets = prompt.Assistant.Contains(true) && !messages.Any(IsLeftOut) ? [.. prompt.Assistant] : Turns(row, messages, ids);
        return targets.Contains(true) ? new Example(ids, targets, place)
            : throw new DataException("nothing in the chat is the assistant's to learn from");
    }

    /// <summary>
    /// The assistant's tokens where the template does not mark them, or where some of its messages are left out: those that each message
    /// adds to the prompt before it.
    /// </summary>
    bool[] Turns(JsonObject row, JsonArray messages, int[] ids)
    {
        var targets = new bool[ids.Length];
        foreach (var (index, message) in messages.Index())
        {
            if ((message as JsonObject)?["role"]?.ToString() != "assistant" || IsLeftOut(message)) continue;
            var start = Chat(row, First(messages, index), generates: true).AsSpan().CommonPrefixLength(ids);
            var end = index + 1 == messages.Count ? ids.Length
                : Chat(row, First(messages, index + 1), generates: false).AsSpan().CommonPrefixLength(ids);
            if (start < end) Array.Fill(targets, true, start, end - start);
        }
        return targets;
    }

    // OpenAI's `weight`: a message that is context only.
    static bool IsLeftOut(JsonNode? message) => (message as JsonObject)?["weight"] is JsonValue value
        && value.TryGetValue<double>(out var weight) && weight == 0;

    static JsonArray First(JsonArray messages, int count) => [.. messages.Take(count).Select(message => message?.DeepClone())];

    Example Completed(JsonObject row, JsonNode prompt, JsonNode completion, string place)
    {
        var (before, all) = prompt is JsonArray first && completion is JsonArray second
            ? (Chat(row, first, generates: true), Chat(row, [.. Copies(first), .. Copies(second)], generates: false))
            : (Tokens(TextOf(prompt, "prompt")), WithEnd(Tokens(TextOf(prompt, "prompt") + TextOf(completion, "completion"))));
        if (wholeText) return Whole(all, place);
        var shared = before.AsSpan().CommonPrefixLength(all);
        return new Example(all, [.. all.Select((_, index) => index >= shared)], place);
    }

    int[] Chat(JsonObject row, JsonArray messages, bool generates) =>
        ChatPrompt.Encode(Template(), tokenizer, Conversation(row, messages) with { AddGenerationPrompt = generates });

    Conversation Conversation(JsonObject row, JsonArray messages)
    {
        RowMembers.CheckMessages(messages);
        if (row["chat_template_kwargs"] is { } other and not JsonObject)
            throw new DataException($"'chat_template_kwargs' is {other.ToJsonString()}, expected an object");
        // TRL has no other place for documents than among the template's variables.
        var variables = row["chat_template_kwargs"]?.DeepClone() as JsonObject;
        var documents = RowMembers.List(row, "documents") ?? (variables is null ? null : RowMembers.List(variables, "documents"));
        if (documents is not null) variables?.Remove("documents");
        return new(messages)
        {
            Tools = RowMembers.List(row, "tools"),
            Documents = documents,
            Kwargs = variables,
            Now = time.GetUtcNow(),
        };
    }

    ChatTemplate Template() => template ?? throw new DataException("the row is a chat, and the model has no chat template");

    int[] Tokens(string text) => tokenizer.Encode(text, addSpecialTokens: true);

    int[] WithEnd(int[] tokens) => end is not { } id || tokens is [.., var last] && last == id ? tokens : [.. tokens, id];

    static Example Whole(int[] tokens, string place)
    {
        var all = new bool[tokens.Length];
        Array.Fill(all, true);
        return new Example(tokens, all, place);
    }

    static IEnumerable<JsonNode?> Copies(JsonArray messages) => messages.Select(message => message?.DeepClone());

    static string TextOf(JsonNode value, string name) => value is JsonValue plain && plain.TryGetValue<string>(out var text) ? text
        : throw new DataException($"'{name}' is neither a text nor, with the other one, a list of messages");
}
