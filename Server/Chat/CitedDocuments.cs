// The documents that an answer may cite, as its prompt numbers them, and its citations in the reply's terms. Knows no marks.
using System.Globalization;
using System.Text.Json.Nodes;
using Majlis.Text.Citations;

namespace Majlis.Server.Chat;

/// <param name="documents">Flat objects of texts, in the prompt's order.</param>
sealed class CitedDocuments(JsonArray documents)
{
    // Templates lay documents out as the results of the first call.
    const int Call = 0;

    /// <summary>The citations that name a document. Sources that name none are left out.</summary>
    public List<CitationReply> Cite(IEnumerable<Citation> citations)
    {
        var replies = new List<CitationReply>();
        foreach (var citation in citations)
        {
            var sources = citation.Passages.Where(passage => passage.Call == Call && passage.Passage < documents.Count)
                .Select(passage => Source(passage.Passage)).ToList();
            if (sources.Count > 0) replies.Add(new(citation.Start, citation.End, citation.Text, sources));
        }
        return replies;
    }

    public static List<Annotation> Annotate(IEnumerable<CitationReply> citations) =>
        [.. citations.SelectMany(citation => citation.Sources.Select(source => new Annotation("url_citation",
            new(citation.Start, citation.End, (string?)source.Document["title"] ?? source.Id, Url(source)))))];

    // Cohere's names for documents without an id.
    CitationSource Source(int index)
    {
        var fields = documents[index]!.AsObject();
        var id = (string?)fields["id"] ?? string.Create(CultureInfo.InvariantCulture, $"doc:{index}");
        var document = new JsonObject { ["id"] = id };
        foreach (var (name, text) in fields) if (name != "id") document[name] = text?.DeepClone();
        return new("document", id, document);
    }

    // A page may make a link of it, so no scheme is taken on a stranger's word.
    static string Url(CitationSource source) =>
        Uri.TryCreate((string?)source.Document["url"], UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
            ? url.AbsoluteUri : "document:" + Uri.EscapeDataString(source.Id);
}
