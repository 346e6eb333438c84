// What a template does with tools: whether it shows them to the model, and what it refuses in the calls of earlier answers. Found by
// rendering probes, because a template may read tools and drop them.
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Majlis.Text.Jinja;

namespace Majlis.Text.Chat.ToolCalls;

/// <param name="Shown">The prompt holds the tools.</param>
/// <param name="ShownBesideDocuments">It does so where there are documents, too.</param>
/// <param name="OnlyOneCall">A message with two calls is refused.</param>
/// <param name="OnlyShortIds">A call's id must be nine letters and digits.</param>
/// <param name="Format">How models with this template write calls; null where its texts do not show it.</param>
public sealed record TemplateTools(bool Shown, bool ShownBesideDocuments, bool OnlyOneCall, bool OnlyShortIds, ToolFormat? Format)
{
    const string Needle = "needle1needle";
    const string ShortId = "call00001", OtherShortId = "call00002", LongId = "call_0123456789abcdefghijABCD";
    const int ShortLength = 9;

    internal static TemplateTools Probe(ChatTemplate template)
    {
        var takesCalls = Renders(template, ShortId);
        return new(Shows(template, documents: null), Shows(template, Documents()),
            OnlyOneCall: takesCalls && !Renders(template, ShortId, OtherShortId),
            OnlyShortIds: takesCalls && !Renders(template, LongId),
            ToolFormats.Of(template));
    }

    /// <summary>A call's id as the template takes it: equal ids stay equal.</summary>
    internal JsonNode Id(JsonNode id) =>
        !OnlyShortIds || MessageContent.Plain(id) is not { } text || (text.Length == ShortLength && text.All(char.IsAsciiLetterOrDigit))
            ? id : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..ShortLength];

    static bool Shows(ChatTemplate template, JsonArray? documents) =>
        Render(template, new Conversation([Said(template, "user", "hi")]) { Tools = [Tool()], Documents = documents })
            ?.Contains(Needle, StringComparison.Ordinal) is true;

    static bool Renders(ChatTemplate template, params string[] ids)
    {
        var messages = new JsonArray(Said(template, "user", "hi"), Caller(template, ids));
        foreach (var id in ids)
        {
            var answer = Said(template, "tool", "ok");
            (answer["tool_call_id"], answer["name"]) = (id, Needle);
            messages.Add(answer);
        }
        return Render(template, new Conversation(messages) { Tools = [Tool()] }) is not null;
    }

    static string? Render(ChatTemplate template, Conversation probe)
    {
        try
        {
            return template.RenderFormed(probe with { AddGenerationPrompt = true }).Text;
        }
        catch (JinjaException)
        {
            return null;
        }
    }

    static JsonObject Said(ChatTemplate template, string role, string text) =>
        new() { ["role"] = role, ["content"] = template.Content.Fit(text) };

    static JsonObject Caller(ChatTemplate template, string[] ids)
    {
        var caller = new JsonObject { ["role"] = "assistant" };
        var form = template.Calls;
        if (form.Content != MissingContent.LeftOut)
            caller["content"] = form.Content == MissingContent.Null ? null : template.Content.Fit("");
        caller["tool_calls"] = new JsonArray([.. ids.Select(id => new JsonObject
        {
            ["id"] = id,
            ["type"] = "function",
            ["function"] = new JsonObject
            {
                ["name"] = Needle,
                ["arguments"] = form.Arguments == CallArguments.Text ? "{}" : new JsonObject(),
            },
        })]);
        return caller;
    }

    static JsonArray Documents() => [new JsonObject { ["title"] = "t", ["text"] = "x" }];

    static JsonObject Tool() => new()
    {
        ["type"] = "function",
        ["function"] = new JsonObject
        {
            ["name"] = Needle,
            ["description"] = "d",
            ["parameters"] = new JsonObject { ["type"] = "object", ["properties"] = new JsonObject(), ["required"] = new JsonArray() },
        },
    };
}
