// What one request's prompt and answers have to do with citations. Knows templates by what they take and bring, and no marks.
using System.Text.Json.Nodes;
using Majlis.Text.Chat;

namespace Majlis.Server.Chat;

/// <param name="ReadsMarks">Marks are taken out of the answers.</param>
/// <param name="Asks">What a template that can ask for citations is told; null where that is left to it.</param>
/// <param name="Documents">What the reply may cite; null where it cites nothing.</param>
sealed record CitationPlan(bool ReadsMarks, bool? Asks, CitedDocuments? Documents)
{
    /// <summary>
    /// A model of Command R7B's kind writes marks with documents and, by habit or about tools, without: they are always read, as Cohere's
    /// own parser does. Another model's text is left alone unless the request itself says something of citations.
    /// </summary>
    /// <param name="placed">Documents that have a place of their own in the prompt, or null.</param>
    public static CitationPlan For(ChatRequest request, ChatTemplate template, JsonArray? placed)
    {
        var reads = template.BringsCitations || (placed is not null && request.Citations is not null);
        if (!reads || placed is null) return new(reads, Asks: null, Documents: null);
        var wanted = request.Citations ?? true;
        return new(reads, wanted, wanted ? new CitedDocuments(placed) : null);
    }
}
