// Which templates belong to models that cite by marks, and how a template is told to ask for citations. Knows no marks' grammar.
using System.Text.Json.Nodes;

namespace Majlis.Text.Chat;

static class CitingTemplate
{
    // Command R7B and its kin lay documents out as a call's results, which their marks then name; Command R's template explains its marks.
    static readonly string[] signs = ["<|START_TOOL_RESULT|>", "<co: "];

    public static bool IsOf(ChatTemplate template) =>
        template.Written.Any(text => signs.Any(sign => text.Contains(sign, StringComparison.Ordinal)));

    /// <summary>Sets the switches of Command R7B's and Command A's templates, unless the caller has set them.</summary>
    public static void Ask(bool? wanted, Dictionary<string, JsonNode?> context)
    {
        if (wanted is not { } asked) return;
        context.TryAdd("enable_citations", asked);
        context.TryAdd("grounding", asked ? "enabled" : "disabled");
    }
}
