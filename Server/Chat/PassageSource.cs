// Adds passages from the server's own folder to requests without documents. Without a folder it does nothing. Knows no template.
using System.Text.Json.Nodes;
using Majlis.Rag;
using Majlis.Text.Chat;

namespace Majlis.Server.Chat;

sealed class PassageSource(DocumentsPlugin? documents)
{
    // More words of a question cost time and find nothing more.
    const int LongestQuestion = 8192;

    /// <summary>
    /// The request with the passages that best match its last user message; unchanged where it has a documents field or tools.
    /// </summary>
    public ChatRequest Add(ChatRequest request)
    {
        if (documents is null || request.Documents is not null || request.Tools is not null) return request;
        if (Question(request) is not { Length: > 0 } question) return request;
        var found = documents.Find(question).Select(passage =>
            (JsonNode)new JsonObject { ["id"] = passage.Id, ["title"] = passage.Title, ["text"] = passage.Text });
        return request with { Documents = [.. found] };
    }

    static string Question(ChatRequest request)
    {
        var text = MessageContent.TextOf(request.Messages.LastOrDefault(message => (string?)message!["role"] == "user"));
        return text.Length > LongestQuestion ? text[..LongestQuestion] : text;
    }
}
