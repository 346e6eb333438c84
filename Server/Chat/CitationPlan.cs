// What one request's prompt and answers have to do with citations. Knows templates by what they take and bring, and no marks.
using System.Text.Json.Nodes;
using Majlis.Server.Chat.Tools;
using Majlis.Text.Chat;

namespace Majlis.Server.Chat;

/// <param name="ReadsMarks">Marks are taken out of the answers.</param>
/// <param name="Asks">What a template that can ask for citations is told; null where that is left to it.</param>
/// <param name="Sources">What the reply may cite; null where it cites nothing.</param>
sealed record CitationPlan(bool ReadsMarks, bool? Asks, CitedSources? Sources)
{
    /// <summary>
    /// A model of Command R7B's kind writes marks with documents and, by habit or about tools, without: they are always read, as Cohere's
    /// own parser does. Another model's text is left alone unless the request itself says something of citations.
    /// </summary>
    /// <param name="placed">Documents that have a place of their own in the prompt, or null.</param>
    /// <param name="isTold">Tools have none: what they answered is the user's text.</param>
    public static CitationPlan For(ChatRequest request, ChatTemplate template, JsonArray? placed, bool isTold)
    {
        var reads = template.BringsCitations || (placed is not null && request.Citations is not null);
        var sources = new CitedSources(placed, template.BringsCitations && !isTold ? ToolResults.Of(request.Messages) : []);
        if (!reads || sources.IsEmpty) return new(reads, Asks: null, Sources: null);
        var wanted = request.Citations ?? true;
        return new(reads, wanted, wanted ? sources : null);
    }
}
