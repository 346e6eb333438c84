// From a conversation to the ids of its prompt, so that text from outside stays text: users, tools, documents and callers'
// instructions can write any token's name and never become that token.
using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Majlis.Text.Jinja;
using Majlis.Text.Tokenizers;

namespace Majlis.Text.Chat;

/// <summary>A prompt's ids, and for each whether the assistant wrote it (by the template's {% generation %} blocks).</summary>
public sealed record MaskedPrompt(ImmutableArray<int> Ids, ImmutableArray<bool> Assistant);

public static class ChatPrompt
{
    /// <summary>
    /// The prompt's ids. No begin-of-text token is added to that which the template writes. The conversation is first brought into
    /// the form that templates expect: see <see cref="ConversationForm"/>.
    /// </summary>
    /// <exception cref="JinjaException">The template failed, or refused the conversation
    /// (<see cref="TemplateRefusedException"/>).</exception>
    public static int[] Encode(ChatTemplate template, TextTokenizer tokenizer, Conversation conversation)
    {
        var guard = template.GuardFor(tokenizer);
        var text = template.Render(Guarded(guard, template, conversation));
        return text.Contains(ForgeryMark.Character) ? [.. new PromptSegments(guard, text).Encode().Select(piece => piece.Id)]
            : tokenizer.Encode(text, addSpecialTokens: false);
    }

    /// <summary>The prompt's ids with the assistant's share of them, for training.</summary>
    public static MaskedPrompt EncodeWithMask(ChatTemplate template, TextTokenizer tokenizer, Conversation conversation)
    {
        var guard = template.GuardFor(tokenizer);
        var rendering = template.RenderWithSpans(Guarded(guard, template, conversation));
        var prompt = new PromptSegments(guard, rendering.Text);
        var pieces = prompt.Encode();
        var spans = rendering.Generations.Select(prompt.WithoutMarks).ToList();
        return new MaskedPrompt([.. pieces.Select(piece => piece.Id)],
            [.. pieces.Select(piece => spans.Exists(span => piece.Start < span.End && piece.End > span.Start))]);
    }

    /// <summary>The prompt's text as <see cref="Encode"/> reads it, for people.</summary>
    public static string Text(ChatTemplate template, Conversation conversation) =>
        template.Render(ConversationForm.Fit(conversation, template));

    static Conversation Guarded(PromptGuard guard, ChatTemplate template, Conversation conversation)
    {
        var fitted = ConversationForm.Fit(conversation, template);
        return fitted with
        {
            Messages = new JsonArray([.. fitted.Messages.Select(message => Message(guard, message))]),
            Tools = guard.Walk(fitted.Tools, guard.Outside)?.AsArray(),
            Documents = guard.Walk(fitted.Documents, guard.Outside)?.AsArray(),
            Kwargs = guard.Walk(fitted.Kwargs, guard.Outside)?.AsObject(),
        };
    }

    static JsonNode? Message(PromptGuard guard, JsonNode? message)
    {
        if (message is not JsonObject members) return guard.Walk(message, guard.Outside);
        var role = members["role"] is JsonValue value && value.TryGetValue<string>(out var name) ? name : null;
        var safe = guard.Walk(members, role is "assistant" or "chatbot" or "model" ? guard.Assistant : guard.Outside)!.AsObject();
        if (role is not null) safe["role"] = guard.Role(role);
        return safe;
    }
}
