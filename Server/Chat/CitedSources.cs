// What an answer may cite, as its prompt numbers it, documents and what tools answered, and its citations in the reply's terms. Knows no
// marks.
using System.Globalization;
using System.Text.Json.Nodes;
using Majlis.Server.Chat.Tools;
using Majlis.Text.Citations;

namespace Majlis.Server.Chat;

/// <param name="documents">Flat objects of texts, in the prompt's order; null where there are none.</param>
/// <param name="results">Of every call in the prompt, in order.</param>
sealed class CitedSources(JsonArray? documents, IReadOnlyList<ToolResult> results)
{
    public bool IsEmpty => documents is null && results.All(result => result.Text is null);

    /// <summary>The citations that name a source. Marks that name none are left out.</summary>
    public List<CitationReply> Cite(IEnumerable<Citation> citations)
    {
        var replies = new List<CitationReply>();
        foreach (var citation in citations)
        {
            var sources = citation.Passages.Select(Source).OfType<CitationSource>().ToList();
            if (sources.Count > 0) replies.Add(new(citation.Start, citation.End, citation.Text, sources));
        }
        return replies;
    }

    public static List<Annotation> Annotate(IEnumerable<CitationReply> citations) =>
        [.. citations.SelectMany(citation => citation.Sources.Select(source => new Annotation("url_citation",
            new(citation.Start, citation.End, source.Title, Url(source)))))];

    // Templates lay documents out as the results of a first call, before all others.
    CitationSource? Source(CitedPassage passage)
    {
        var call = passage.Call - (documents is null ? 0 : 1);
        if (call < 0) return passage.Passage < documents!.Count ? Document(passage.Passage) : null;
        // What a tool answers is one result.
        return passage.Passage == 0 && call < results.Count && results[call] is { Text: not null } result
            ? new("tool", result.Id + ":0", result.Name) { ToolOutput = result.Output() } : null;
    }

    // Cohere's names for documents without an id.
    CitationSource Document(int index)
    {
        var fields = documents![index]!.AsObject();
        var id = (string?)fields["id"] ?? string.Create(CultureInfo.InvariantCulture, $"doc:{index}");
        var document = new JsonObject { ["id"] = id };
        foreach (var (name, text) in fields) if (name != "id") document[name] = text?.DeepClone();
        return new("document", id, (string?)fields["title"] ?? id) { Document = document };
    }

    // A page may make a link of it, so no scheme is taken on a stranger's word.
    static string Url(CitationSource source) =>
        Uri.TryCreate((string?)source.Document?["url"], UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
            ? url.AbsoluteUri : source.Type + ":" + Uri.EscapeDataString(source.Id);
}
