// From a conversation to the ids of its prompt, so that outside text stays text: users, tools, documents and callers'
// instructions can write any token's name and never become that token.
using System.Collections.Immutable;
using Majlis.Text.Jinja;
using Majlis.Text.Tokenizers;

namespace Majlis.Text.Chat;

/// <summary>A prompt's ids, and for each whether the assistant wrote it (in the template's {% generation %} blocks).</summary>
public sealed record MaskedPrompt(ImmutableArray<int> Ids, ImmutableArray<bool> Assistant);

public static class ChatPrompt
{
    /// <summary>
    /// The prompt's ids. The template writes any begin-of-text token; none is added. The conversation is first brought into
    /// the form that templates expect: see <see cref="ConversationForm"/>.
    /// </summary>
    /// <exception cref="JinjaException">The template failed, or refused the conversation
    /// (<see cref="TemplateRefusedException"/>).</exception>
    public static int[] Encode(ChatTemplate template, TextTokenizer tokenizer, Conversation conversation) =>
        EncodeUpTo(template, tokenizer, conversation, int.MaxValue);

    /// <summary>As <see cref="Encode"/>, but stops when there are more than <paramref name="most"/> ids.</summary>
    public static int[] EncodeUpTo(ChatTemplate template, TextTokenizer tokenizer, Conversation conversation, int most)
    {
        var guard = template.GuardFor(tokenizer);
        var text = template.RenderFormed(ConversationForm.Of(conversation, template, guard)).Text;
        return text.Contains(ForgeryMark.Character) ? [.. new PromptSegments(guard, text).Encode(most).Select(token => token.Id)]
            : tokenizer.EncodeUpTo(text, most);
    }

    /// <summary>The prompt's ids, each marked if the assistant wrote it; for training.</summary>
    public static MaskedPrompt EncodeWithMask(ChatTemplate template, TextTokenizer tokenizer, Conversation conversation)
    {
        var guard = template.GuardFor(tokenizer);
        var rendering = template.RenderFormed(ConversationForm.Of(conversation, template, guard));
        var prompt = new PromptSegments(guard, rendering.Text);
        var tokens = prompt.Encode();
        var spans = rendering.Generations.Select(prompt.WithoutMarks).ToList();
        return new MaskedPrompt([.. tokens.Select(token => token.Id)],
            [.. tokens.Select(token => spans.Exists(span => token.Start < span.End && token.End > span.Start))]);
    }
}
