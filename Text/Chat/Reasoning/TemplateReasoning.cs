// What a template does with thinking: how its models mark it, and which variables decide about it. Found by rendering probes, because a
// template may read a variable and make nothing of it.
using System.Text.Json.Nodes;
using Majlis.Text.Jinja;

namespace Majlis.Text.Chat.Reasoning;

/// <param name="Format">How models with this template mark their thinking; null where its texts do not show it.</param>
/// <param name="Switch">The variable that turns thinking on and off, or null.</param>
/// <param name="TakesEffort">The prompt depends on <c>reasoning_effort</c>.</param>
public sealed record TemplateReasoning(ReasoningFormat? Format, string? Switch, bool TakesEffort)
{
    /// <summary>The variable, and the field, that names an effort.</summary>
    public const string EffortName = "reasoning_effort";

    /// <summary>The effort that means no thinking at all.</summary>
    public const string NoEffort = "none";

    /// <summary>The efforts of OpenAI's API, and vLLM's <c>max</c>.</summary>
    public static IReadOnlyList<string> Efforts { get; } = [NoEffort, "minimal", "low", "medium", "high", "xhigh", "max"];

    /// <summary>The names of switches, as families chose them.</summary>
    public static IReadOnlyList<string> Switches { get; } = ["enable_thinking", "thinking", "reasoning"];

    internal static TemplateReasoning Probe(ChatTemplate template)
    {
        var found = Switches.FirstOrDefault(name => template.Reads(name)
            && Differ([Render(template, new() { [name] = true }), Render(template, new() { [name] = false })]));
        var takesEffort = template.Reads(EffortName) && Differ(Efforts.Select(effort =>
        {
            var variables = new JsonObject { [EffortName] = effort };
            // Some read the effort only where they think.
            if (found is not null) variables[found] = true;
            return Render(template, variables);
        }));
        return new(ReasoningFormats.Of(template), found, takesEffort);
    }

    static bool Differ(IEnumerable<string?> prompts) => prompts.Distinct().Count() > 1;

    static string? Render(ChatTemplate template, JsonObject variables)
    {
        var question = new JsonObject { ["role"] = "user", ["content"] = template.Content.Fit("hi") };
        try
        {
            return template.RenderFormed(new Conversation([question]) { Kwargs = variables, AddGenerationPrompt = true }).Text;
        }
        catch (JinjaException)
        {
            return null;
        }
    }
}
