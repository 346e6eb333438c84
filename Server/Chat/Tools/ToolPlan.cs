// What one request's tools have to do with its model: whether the template shows them or they are told of in plain text, and how the
// answers are read for calls. Knows templates by what they do, and no format's inside.
using System.Text.Json.Nodes;
using Majlis.Server.Wire;
using Majlis.Text.Chat;
using Majlis.Text.Chat.ToolCalls;

namespace Majlis.Server.Chat.Tools;

/// <param name="IsTold">The template shows no tools: the messages have to tell of them.</param>
sealed record ToolPlan(ToolReading Reading, bool IsTold)
{
    /// <summary>Null where no tool is offered, or with the reason in <paramref name="problem"/>.</summary>
    /// <param name="forced">The format of <c>--tool-format</c>; null where the template decides.</param>
    /// <param name="placed">Documents that have a place of their own in the prompt, or null.</param>
    public static ToolPlan? For(ToolOffer? offer, ChatTemplate template, ToolFormat? forced, JsonArray? placed, Problem problem)
    {
        if (offer is null) return null;
        var does = template.Tools;
        var isTold = !(placed is null ? does.Shown : does.ShownBesideDocuments);
        var format = forced ?? (isTold ? ToolFormats.AskedOf(template) : does.Format);
        if (format is null)
            problem.Add(ApiError.UnsupportedField("tools",
                "How this model writes calls is not known from its chat template; the server's option --tool-format can say it."));
        else if (isTold && !format.CanBeAskedFor)
            problem.Add(ApiError.UnsupportedField("tools", "This model's chat template shows no tools, and the server's --tool-format "
                + $"'{format.Name}' is one that a model must know already."));
        // Calls that the template would refuse to take back are not made.
        else return new(ReadingOf(offer, format, offer.OnlyFirst || (!isTold && does.OnlyOneCall)), isTold);
        return null;
    }

    static ToolReading ReadingOf(ToolOffer offer, ToolFormat format, bool onlyFirst) => new(format, offer.Callable, onlyFirst)
    {
        Forced = offer.Choice.Must ? format.Force(offer.Callable, onlyFirst) : null,
    };
}
