// The shapes of citations in replies: Cohere's beside OpenAI's annotations. Data only.
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Majlis.Server.Chat;

/// <summary>Cohere's form. <paramref name="Start"/> and <paramref name="End"/> count code points of the reply's content.</summary>
sealed record CitationReply(int Start, int End, string Text, IReadOnlyList<CitationSource> Sources)
{
    public string Type { get; } = "TEXT_CONTENT";

    /// <summary>Its place among the choice's citations. Only in streams, where clients put the entries of a list together by it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Index { get; init; }
}

/// <summary>A document, or what a tool answered.</summary>
/// <param name="Title">What annotations call it.</param>
sealed record CitationSource(string Type, string Id, [property: JsonIgnore] string Title)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JsonObject? Document { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JsonObject? ToolOutput { get; init; }
}

/// <summary>OpenAI's form: one for each source.</summary>
sealed record Annotation(string Type, UrlCitation UrlCitation)
{
    /// <summary>As a citation's.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Index { get; init; }
}

/// <summary>The indices count code points, as a citation's do.</summary>
sealed record UrlCitation(int StartIndex, int EndIndex, string Title, string Url);
