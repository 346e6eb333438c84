// Reads what a request says of thinking: OpenAI's reasoning_effort and vLLM's thinking_token_budget. Knows no model.
using Majlis.Server.Wire;
using Majlis.Text.Chat.Reasoning;

namespace Majlis.Server.Chat.Reasoning;

static class ReasoningReader
{
    public const string BudgetField = "thinking_token_budget";

    /// <summary>One of the known efforts; null where the request names none.</summary>
    public static string? Effort(Fields fields) =>
        fields.Has(TemplateReasoning.EffortName) ? fields.Word(TemplateReasoning.EffortName, TemplateReasoning.Efforts) : null;

    /// <summary>Null: no limit, which -1 says, too.</summary>
    public static int? Budget(Fields fields) => fields.Int(BudgetField, -1, int.MaxValue) is { } budget and >= 0 ? budget : null;
}
