// The amount of text in a request, counted before templating and tokenizing. Knows no token.
using System.Text.Json;
using System.Text.Json.Nodes;
using Majlis.Inference;

namespace Majlis.Server.Chat;

static class PromptSize
{
    /// <summary>False where neither template nor tokenizer can make so many characters fit into the context.</summary>
    public static bool CanFit(long characters, LoadedModel model) => characters <= (long)model.MaxContext * model.Tokenizer.LongestToken;

    /// <summary>UTF-16 units of all texts and names in messages, documents, tools and template arguments.</summary>
    public static long Characters(ChatRequest request) =>
        Characters(request.Messages) + Characters(request.Documents)
        + Characters(request.Tools?.Tools) + Characters(request.TemplateArguments);

    /// <summary>The same of any JSON.</summary>
    public static long Characters(JsonNode? node) => node switch
    {
        JsonObject members => members.Sum(member => member.Key.Length + Characters(member.Value)),
        JsonArray items => items.Sum(Characters),
        JsonValue value when value.GetValueKind() == JsonValueKind.String => value.GetValue<string>().Length,
        _ => 0,
    };
}
