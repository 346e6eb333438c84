// Documents for a model whose template has no place for them: the last question is extended by them in plain text. Knows the shape of
// messages and documents, not the wording.
using System.Text.Json.Nodes;
using Majlis.Rag;
using Majlis.Server.Wire;
using Majlis.Text.Chat;

namespace Majlis.Server.Chat;

static class Grounding
{
    static readonly string[] bodies = ["text", "snippet", "content", "contents"];

    /// <summary>A copy of the messages in which the last question carries the documents.</summary>
    public static JsonArray Ground(JsonArray messages, JsonArray documents, Problem problem)
    {
        var grounded = messages.DeepClone().AsArray();
        if (grounded.LastOrDefault(message => (string?)message!["role"] == "user") is not { } question)
            problem.Add(ApiError.InvalidValue("documents", "'documents' need a message of role 'user' that asks something of them."));
        else
            question["content"] = GroundedPrompt.For(MessageContent.TextOf(question),
                [.. documents.Select((document, index) => Document(document!.AsObject(), index))]);
        return grounded;
    }

    // Every other field than id, title and body is printed with its name: the client wants it read.
    static GroundingDocument Document(JsonObject document, int index)
    {
        var lines = document.Where(field => field.Key is not ("id" or "title"))
            .Select(field => bodies.Contains(field.Key) ? (string)field.Value! : $"{field.Key}: {(string)field.Value!}");
        return new GroundingDocument((string?)document["id"] ?? $"{index}", (string?)document["title"], string.Join('\n', lines));
    }
}
