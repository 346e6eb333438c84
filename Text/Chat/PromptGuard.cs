// Puts cuts into outside text, so that no control token can form in it: not from one string, not from two that the
// template joins, not from one that completes what the template began. Knows no roles of a conversation; ConversationForm does.
using System.Text;
using System.Text.Json.Nodes;
using Majlis.Text.Jinja;
using Majlis.Text.Tokenizers;

namespace Majlis.Text.Chat;

/// <summary>
/// One guard for a template and a tokenizer. A cut is <see cref="ForgeryMark.Character"/>; it survives rendering, and the encoder forms
/// no control token across it. A mark that is already in the text becomes U+FFFD.
/// </summary>
sealed class PromptGuard
{
    static readonly HashSet<string> roles = ["system", "developer", "user", "assistant", "tool", "function", "ipython", "chatbot", "model"];

    readonly ControlTokens control;

    // The rest of each control token that the template's own text begins and does not finish.
    readonly HashSet<string> remainders = [];

    // Strings that the template writes, compares with or reads by name: they must stay unchanged to be recognised.
    readonly HashSet<string> known = [];
    readonly HashSet<string> sought = [];

    // The template has a filter that turns &lt; into <, which the guard does not see.
    readonly bool unescapes;

    public PromptGuard(ChatTemplate template, TextTokenizer tokenizer)
    {
        Tokenizer = tokenizer;
        control = new ControlTokens(tokenizer, template.Written);
        foreach (var facts in template.Facts)
        {
            known.UnionWith(facts.Texts);
            known.UnionWith(facts.Members);
            sought.UnionWith(facts.Sought);
            unescapes |= facts.Filters.Contains("striptags") || facts.Texts.Contains("striptags");
            foreach (var text in facts.Texts) AddRemainders(text);
        }
    }

    public TextTokenizer Tokenizer { get; }

    public IReadOnlySet<int> ControlIds => control.Ids;

    void AddRemainders(string text)
    {
        foreach (var token in control.Texts)
            for (var begun = Math.Min(token.Length - 1, text.Length); begun > 0; begun--)
                if (text.AsSpan().EndsWith(token.AsSpan(0, begun), StringComparison.Ordinal)) remainders.Add(token[begun..]);
    }

    /// <summary>Guards text that anybody may have written.</summary>
    public string Outside(string text)
    {
        var result = new StringBuilder(text.Length + 8);
        if (Completes(text)) result.Append(ForgeryMark.Character);
        for (var i = 0; i < text.Length; i++)
        {
            result.Append(text[i] == ForgeryMark.Character ? '\uFFFD' : text[i]);
            if (MayBegin(text[i]) || control.At(text, i).Any()) CutAfter(text, ref i, result);
        }
        return result.ToString();
    }

    /// <summary>
    /// Guards the assistant's text: as outside text, but words that the template looks for (the end of a chain of thought) stay whole.
    /// </summary>
    public string Assistant(string text)
    {
        var result = new StringBuilder(text.Length + 8);
        for (var i = 0; i < text.Length; i++)
        {
            result.Append(text[i] == ForgeryMark.Character ? '\uFFFD' : text[i]);
            if (control.At(text, i).Any(token => !sought.Contains(token)) || (MayBegin(text[i]) && !Seeks(text, i)))
                CutAfter(text, ref i, result);
        }
        return result.ToString();
    }

    bool MayBegin(char c) => control.MayBegin(c) || (unescapes && c == '&');

    bool Seeks(string text, int at) => sought.Any(word => word.Length > 1 && string.CompareOrdinal(text, at, word, 0, word.Length) == 0);

    static void CutAfter(string text, ref int i, StringBuilder result)
    {
        if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1])) result.Append(text[++i]);
        result.Append(ForgeryMark.Character);
    }

    // If the template writes '<', an outside name makes a token when it is "think>", or "think" before the template's '>'.
    bool Completes(string text) => text.Length > 0 && !known.Contains(text) && remainders.Any(rest =>
        text.StartsWith(rest, StringComparison.Ordinal) || rest.StartsWith(text, StringComparison.Ordinal));

    /// <summary>A role: usual ones and those that the template names are kept, all others are outside text.</summary>
    public string Role(string role) => roles.Contains(role) || known.Contains(role) ? role : ForgeryMark.Character + Outside(role);

    /// <summary>A copy of JSON in which <paramref name="guard"/> has made every string safe, names of members included.</summary>
    public JsonNode? Walk(JsonNode? node, Func<string, string> guard)
    {
        System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
        switch (node)
        {
            case JsonObject members:
                var copy = new JsonObject();
                foreach (var (name, value) in members) copy[Outside(name)] = Walk(value, guard);
                return copy;
            case JsonArray items:
                return new JsonArray([.. items.Select(item => Walk(item, guard))]);
            case JsonValue value when value.GetValueKind() == System.Text.Json.JsonValueKind.String:
                return guard(PythonJson.Text(value));
            default:
                return node?.DeepClone();
        }
    }
}
