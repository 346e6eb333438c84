// What one request's tools have to do with its model: whether the template shows them and how the answers are read for calls. Knows
// templates by what they do, and no format's inside.
using System.Text.Json.Nodes;
using Majlis.Server.Wire;
using Majlis.Text.Chat.ToolCalls;

namespace Majlis.Server.Chat.Tools;

static class ToolPlan
{
    /// <summary>How calls are read; null where no tool is offered, or with the reason in <paramref name="problem"/>.</summary>
    /// <param name="forced">The format of <c>--tool-format</c>; null where the template decides.</param>
    /// <param name="placed">Documents that have a place of their own in the prompt, or null.</param>
    public static ToolReading? For(ToolOffer? offer, TemplateTools template, ToolFormat? forced, JsonArray? placed, Problem problem)
    {
        if (offer is null) return null;
        if (!template.Shown)
            problem.Add(ApiError.UnsupportedField("tools", "This model's chat template shows no tools, so it would not know of them."));
        else if (placed is not null && !template.ShownBesideDocuments)
            problem.Add(ApiError.UnsupportedField("tools", "This model's chat template shows no tools beside 'documents'; send either."));
        else if ((forced ?? template.Format) is not { } format)
            problem.Add(ApiError.UnsupportedField("tools",
                "How this model writes calls is not known from its chat template; the server's option --tool-format can say it."));
        else return Reading(offer, format, offer.OnlyFirst || template.OnlyOneCall, problem);
        return null;
    }

    /// <param name="onlyFirst">Calls that the template would refuse to take back are not made.</param>
    static ToolReading Reading(ToolOffer offer, ToolFormat format, bool onlyFirst, Problem problem)
    {
        var forced = offer.Choice.Must ? format.Force(offer.Callable, onlyFirst) : null;
        if (offer.Choice.Must && forced is null)
            problem.Add(ApiError.UnsupportedField("tool_choice",
                "This model writes calls in a form that it cannot be held to; 'auto' and 'none' are taken."));
        return new(format, offer.Choice.Tools, onlyFirst) { Forced = forced };
    }
}
