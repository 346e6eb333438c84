// A chat as it comes from the API, before a template reads it. Knows the shape of messages, not of prompts.
using System.Text.Json.Nodes;

namespace Majlis.Text.Chat;

/// <summary>
/// The input of a chat template. <paramref name="Messages"/> are objects with <c>role</c>, <c>content</c> (text or parts),
/// <c>tool_calls</c>, <c>tool_call_id</c>, ... as in OpenAI's API. Never changed by rendering.
/// </summary>
public sealed record Conversation(JsonArray Messages)
{
    /// <summary>OpenAI's tool objects, <c>{"type": "function", "function": {...}}</c>.</summary>
    public JsonArray? Tools { get; init; }

    /// <summary>Objects with <c>title</c> and <c>text</c> (or whatever the model's template reads).</summary>
    public JsonArray? Documents { get; init; }

    /// <summary>Whether a template that can ask for citations does so; null leaves it to the template.</summary>
    public bool? Citations { get; init; }

    /// <summary>Further variables for the template (<c>chat_template_kwargs</c>).</summary>
    public JsonObject? Kwargs { get; init; }

    /// <summary>Ends the prompt where the assistant's answer begins.</summary>
    public bool AddGenerationPrompt { get; init; }

    /// <summary>Ends the prompt inside the last message, which the model continues.</summary>
    public bool ContinueFinalMessage { get; init; }

    /// <summary>The time that <c>strftime_now</c> formats for a template that prints the date.</summary>
    public DateTimeOffset Now { get; init; }
}

/// <summary>The texts of the tokens that templates write by name: <c>bos_token</c>, <c>eos_token</c> and others.</summary>
public sealed record SpecialTokens(string? Bos = null, string? Eos = null, string? Unknown = null, string? Pad = null)
{
    /// <summary>The ones that exist, under the names that templates read.</summary>
    public IEnumerable<(string Name, string Text)> Named =>
        new (string Name, string? Text)[] { ("bos_token", Bos), ("eos_token", Eos), ("unk_token", Unknown), ("pad_token", Pad) }
            .Where(token => token.Text is not null).Select(token => (token.Name, token.Text!));
}
