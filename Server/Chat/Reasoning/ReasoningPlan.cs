// What one request's thinking has to do with its model: the variables that its template is given, and how the answers are read. Knows
// templates by what they do.
using System.Text.Json;
using System.Text.Json.Nodes;
using Majlis.Server.Wire;
using Majlis.Text.Chat;
using Majlis.Text.Chat.Reasoning;
using Majlis.Text.Tokenizers;

namespace Majlis.Server.Chat.Reasoning;

static class ReasoningPlan
{
    // No mark, with the white space behind it, has more tokens.
    const int Tail = 64;

    /// <summary>
    /// The request's own variables and those that its effort sets; or the reason why the template makes nothing of them in <paramref
    /// name="problem"/>. The request's own have the last word.
    /// </summary>
    public static JsonObject? Variables(ChatRequest request, ChatTemplate template, Problem problem)
    {
        var variables = request.TemplateArguments?.DeepClone().AsObject() ?? [];
        foreach (var (name, value) in variables)
            if (!template.Reads(name) && !IsSwitchedOff(name, value, template.Reasoning))
                problem.Add(ApiError.InvalidValue($"chat_template_kwargs.{name}",
                    $"Invalid 'chat_template_kwargs.{name}': this model's chat template reads no variable of that name."));
        if (request.ThinkingBudget is not null && template.Reasoning.Format is null)
            problem.Add(ApiError.UnsupportedField(ReasoningReader.BudgetField,
                "This model's chat template shows no thinking, so there is none to limit."));
        if (request.Effort is { } effort) Set(effort, request.EffortNamed, template.Reasoning, variables, problem);
        return variables.Count == 0 ? null : variables;
    }

    /// <summary>
    /// How the answers to a prompt are read; null where they begin behind the thinking, or the model is not known to think.
    /// </summary>
    public static ReasoningReading? Reading(ChatRequest request, ChatTemplate template, TextTokenizer tokenizer,
        ReadOnlySpan<int> prompt)
    {
        if (template.Reasoning.Format is not { } format) return null;
        if (request.ContinueFinalMessage)
            return IsInside(MessageContent.TextOf(request.Messages[^1]), format) ? new(format, IsOpen: true) { IsBegun = true } : null;
        var end = tokenizer.Decode(prompt[Math.Max(0, prompt.Length - Tail)..], skipSpecialTokens: false).AsSpan().TrimEnd();
        foreach (var mark in (ReadOnlySpan<string>)[format.Close, .. format.Answers])
            if (end.EndsWith(mark, StringComparison.Ordinal)) return null;
        return new(format, end.EndsWith(format.Open, StringComparison.Ordinal));
    }

    static bool IsInside(string text, ReasoningFormat format) => text.LastIndexOf(format.Open, StringComparison.Ordinal)
        > text.LastIndexOf(format.Close, StringComparison.Ordinal);

    // Clients send this to every model; one that does not think does what they want.
    static bool IsSwitchedOff(string name, JsonNode? value, TemplateReasoning reasoning) => reasoning.Format is null
        && TemplateReasoning.Switches.Contains(name) && value?.GetValueKind() == JsonValueKind.False;

    static void Set(string effort, (string Field, string Usual) named, TemplateReasoning reasoning, JsonObject variables, Problem problem)
    {
        if (reasoning.TakesEffort) variables.TryAdd(TemplateReasoning.EffortName, effort);
        if (reasoning.Switch is { } found) variables.TryAdd(found, effort != TemplateReasoning.NoEffort);
        if (reasoning.TakesEffort || reasoning.Switch is not null || HappensAnyway(effort, named.Usual, reasoning)) return;
        var none = named.Field == TemplateReasoning.EffortName ? "'none' and " : "";
        problem.Add(ApiError.UnsupportedField(named.Field, reasoning.Format is null
            ? $"This model's chat template shows no thinking; {none}'{named.Usual}' {(none.Length > 0 ? "are" : "is")} taken."
            : $"This model's chat template lets nobody set how much it thinks; '{named.Usual}' is taken, and "
                + $"'{ReasoningReader.BudgetField}' limits it."));
    }

    // What an API takes for granted asks for nothing; this server's own word for thinking as usual is 'medium'.
    static bool HappensAnyway(string effort, string usual, TemplateReasoning reasoning) =>
        effort == "medium" || effort == usual || (effort == TemplateReasoning.NoEffort && reasoning.Format is null);
}
