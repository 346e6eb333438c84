// What is the same in all requests of one conversation, so that all of it is answered by the same weights while a version is tried. Knows
// no version.
using Majlis.Server.Completions;
using Majlis.Server.Wire;
using Majlis.Text.Chat;

namespace Majlis.Server.Chat;

static class ConversationKey
{
    static readonly string[] names = ["safety_identifier", "user", "prompt_cache_key"];

    /// <summary>The fields by which clients name their users and conversations, the best first; null for those they leave out.</summary>
    public static IReadOnlyDictionary<string, string?> Read(Fields fields) => names.ToDictionary(name => name, fields.Text);

    /// <summary>The user that the client names; else who asks, with the first message of the user.</summary>
    public static string Of(ChatRequest request)
    {
        if (request.User is { } user) return $"{request.Client}\nuser {user}";
        var first = request.Messages.FirstOrDefault(message => (string?)message!["role"] == "user");
        return $"{request.Client}\nbegins {MessageContent.TextOf(first)}";
    }

    /// <summary>The user that the client names; else who asks, with the first prompt.</summary>
    public static string Of(CompletionRequest request)
    {
        if (request.User is { } user) return $"{request.Client}\nuser {user}";
        var first = request.Prompts[0];
        return $"{request.Client}\ncontinues {first.Text ?? string.Join(' ', first.Tokens)}";
    }
}
