// A model's chat template: renders messages to the prompt's text, as transformers' apply_chat_template (5.x) does.
// Knows nothing of token ids; ChatPrompt does.
using System.Text.Json.Nodes;
using Majlis.Text.Chat.Reasoning;
using Majlis.Text.Chat.ToolCalls;
using Majlis.Text.Jinja;
using Majlis.Text.Tokenizers;

namespace Majlis.Text.Chat;

/// <summary>
/// One or several Jinja templates ("default", "tool_use", "rag") with the special tokens they write. Immutable and safe to use
/// from any number of threads.
/// </summary>
public sealed class ChatTemplate
{
    readonly IReadOnlyDictionary<string, (string Source, JinjaTemplate Template)> templates;
    readonly SpecialTokens tokens;
    readonly Lazy<ContentForm> content;
    readonly Lazy<ToolCallForm> calls;
    readonly Lazy<bool> cited;
    readonly Lazy<TemplateTools> tools;
    readonly Lazy<TemplateReasoning> reasoning;

    // The last guard made. It is replaced as a whole, so a race only makes a second one.
    volatile PromptGuard? guard;

    ChatTemplate(IReadOnlyDictionary<string, (string, JinjaTemplate)> templates, SpecialTokens tokens) =>
        (this.templates, this.tokens, content, calls, cited, tools, reasoning) = (templates, tokens, new(() => ContentForm.Probe(this)),
            new(() => ToolCallForm.Probe(this)), new(() => CitingTemplate.IsOf(this)), new(() => TemplateTools.Probe(this)),
            new(() => TemplateReasoning.Probe(this)));

    /// <exception cref="JinjaException">The source is not a Jinja template.</exception>
    public static ChatTemplate Parse(string source, SpecialTokens tokens) =>
        Parse(new Dictionary<string, string> { ["default"] = source }, tokens);

    /// <summary>Several templates by name, as <c>tokenizer_config.json</c> may list them.</summary>
    /// <exception cref="JinjaException">One is not a Jinja template, or there is none.</exception>
    public static ChatTemplate Parse(IReadOnlyDictionary<string, string> sources, SpecialTokens tokens) => sources.Count > 0
        ? new(sources.ToDictionary(named => named.Key, named => (named.Value, JinjaTemplate.Parse(named.Value))), tokens)
        : throw new JinjaException("ValueError", "a chat template needs at least one source");

    /// <summary>The template of chats without tools or documents, as its file has it.</summary>
    public string Source => (templates.TryGetValue("default", out var plain) ? plain : templates.Values.First()).Source;

    /// <summary>The special tokens that templates write by name.</summary>
    public SpecialTokens SpecialTokens => tokens;

    /// <summary>Whether a template reads <c>documents</c>, so that grounding uses the model's own form.</summary>
    public bool TakesDocuments => Reads("documents");

    /// <summary>Whether models with this template write the marks that <see cref="Citations.CitationStream"/> reads.</summary>
    public bool BringsCitations => cited.Value;

    /// <summary>What the template does with tools; found by rendering probes.</summary>
    public TemplateTools Tools => tools.Value;

    /// <summary>What the template does with thinking; found by rendering probes.</summary>
    public TemplateReasoning Reasoning => reasoning.Value;

    internal IEnumerable<TemplateFacts> Facts => templates.Values.Select(named => named.Template.Facts);

    /// <summary>Everything that the templates themselves can write: their texts, and the special tokens they read by name.</summary>
    internal IReadOnlyCollection<string> Written =>
        [.. Facts.SelectMany(facts => facts.Texts), .. tokens.Named.Select(token => token.Text)];

    /// <summary>Which shapes of content the template can read; found by rendering probes.</summary>
    internal ContentForm Content => content.Value;

    /// <summary>How the template reads tool calls; found by rendering probes.</summary>
    internal ToolCallForm Calls => calls.Value;

    internal PromptGuard GuardFor(TextTokenizer tokenizer)
    {
        if (guard is not { } made || made.Tokenizer != tokenizer) guard = made = new PromptGuard(this, tokenizer);
        return made;
    }

    /// <summary>Whether a variable of that name is read anywhere.</summary>
    public bool Reads(string variable) => Facts.Any(facts => facts.Names.Contains(variable));

    /// <summary>The prompt's text.</summary>
    /// <exception cref="JinjaException">The template failed, or has no place for the message to continue.</exception>
    /// <exception cref="TemplateRefusedException">The template refuses the conversation; the message is its own.</exception>
    public string Render(Conversation conversation) => RenderWithSpans(conversation).Text;

    /// <summary>The prompt's text and the assistant's ranges in it, if the template marks them by {% generation %}.</summary>
    public JinjaRendering RenderWithSpans(Conversation conversation) =>
        RenderFormed(conversation with { Messages = new JsonArray([.. conversation.Messages.Select(MessageForm.Prepare)]) });

    /// <summary>As <see cref="RenderWithSpans"/>, for messages that already have this template's form.</summary>
    internal JinjaRendering RenderFormed(Conversation conversation)
    {
        var (source, template) = Choose(conversation);
        if (conversation.ContinueFinalMessage) FinalMessage.Mark(conversation.Messages, source);
        var rendering = template.Render(Context(conversation), conversation.Now);
        return conversation.ContinueFinalMessage ? rendering with { Text = FinalMessage.Cut(rendering.Text) } : rendering;
    }

    // With tools, transformers takes "tool_use"; Cohere's models call the template for documents "rag".
    (string Source, JinjaTemplate Template) Choose(Conversation conversation)
    {
        string[] wanted = conversation.Tools is not null ? ["tool_use", "default"] : conversation.Documents is not null ? ["rag", "default"]
            : ["default"];
        foreach (var name in wanted)
            if (templates.TryGetValue(name, out var found)) return found;
        return templates.Values.First();
    }

    Dictionary<string, JsonNode?> Context(Conversation conversation)
    {
        var context = new Dictionary<string, JsonNode?>(StringComparer.Ordinal);
        foreach (var (name, text) in tokens.Named) context[name] = text;
        foreach (var (name, value) in conversation.Kwargs ?? []) context[name] = value;
        CitingTemplate.Ask(conversation.Citations, context);
        context["messages"] = conversation.Messages;
        context["tools"] = conversation.Tools;
        context["documents"] = conversation.Documents;
        context["add_generation_prompt"] = conversation.AddGenerationPrompt;
        return context;
    }
}
