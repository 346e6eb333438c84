// The sections of tokenizer.json that other containers' vocabularies imply, so that every tokenizer has one form.
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Majlis.Text.Tokenizers.Vocabularies;

public static class PipelineJson
{
    public static JsonElement ByteLevel(bool splits) => Element(new JsonObject
    {
        ["type"] = "ByteLevel",
        ["add_prefix_space"] = false,
        ["trim_offsets"] = true,
        ["use_regex"] = splits,
    });

    public static JsonElement ByteLevelDecoder { get; } = Element(new JsonObject
    {
        ["type"] = "ByteLevel",
        ["add_prefix_space"] = true,
        ["trim_offsets"] = true,
        ["use_regex"] = true,
    });

    public static JsonElement Sequence(string list, params JsonElement[] steps) => Element(new JsonObject
    {
        ["type"] = "Sequence",
        [list] = new JsonArray([.. steps.Select(step => JsonNode.Parse(step.GetRawText()))]),
    });

    public static JsonElement Digits(bool individual) =>
        Element(new JsonObject { ["type"] = "Digits", ["individual_digits"] = individual });

    public static JsonElement Punctuation(string behaviour) =>
        Element(new JsonObject { ["type"] = "Punctuation", ["behavior"] = behaviour });

    public static JsonElement Split(string regex) => Element(new JsonObject
    {
        ["type"] = "Split",
        ["pattern"] = new JsonObject { ["Regex"] = regex },
        ["behavior"] = "Isolated",
        ["invert"] = false,
    });

    public static JsonElement Simple(string type) => Element(new JsonObject { ["type"] = type });

    public static JsonElement Replace(string from, string to) => Element(new JsonObject
    {
        ["type"] = "Replace",
        ["pattern"] = new JsonObject { ["String"] = from },
        ["content"] = to,
    });

    public static JsonElement ReplaceRegex(string from, string to) => Element(new JsonObject
    {
        ["type"] = "Replace",
        ["pattern"] = new JsonObject { ["Regex"] = from },
        ["content"] = to,
    });

    public static JsonElement Prepend(string text) => Element(new JsonObject { ["type"] = "Prepend", ["prepend"] = text });

    public static JsonElement Precompiled(byte[] map) => Element(new JsonObject
    {
        ["type"] = "Precompiled",
        ["precompiled_charsmap"] = Convert.ToBase64String(map),
    });

    public static JsonElement StripStart(string content) => Element(new JsonObject
    {
        ["type"] = "Strip",
        ["content"] = content,
        ["start"] = 1,
        ["stop"] = 0,
    });

    public static JsonElement BertNormalizer { get; } = Element(new JsonObject
    {
        ["type"] = "BertNormalizer",
        ["clean_text"] = true,
        ["handle_chinese_chars"] = true,
        ["strip_accents"] = null,
        ["lowercase"] = true,
    });

    public static JsonElement WordPieceDecoder { get; } =
        Element(new JsonObject { ["type"] = "WordPiece", ["prefix"] = "##", ["cleanup"] = true });

    /// <summary>The post-processor that frames one sequence (and a pair) with tokens; null if there are none.</summary>
    public static JsonElement? Frame((string Token, int Id)? before, (string Token, int Id)? after)
    {
        if (before is null && after is null) return null;
        var specials = new JsonObject();
        foreach (var special in new[] { before, after }.OfType<(string Token, int Id)>())
            specials[special.Token] = new JsonObject
            {
                ["id"] = special.Token,
                ["ids"] = new JsonArray(special.Id),
                ["tokens"] = new JsonArray(special.Token),
            };
        return Element(new JsonObject
        {
            ["type"] = "TemplateProcessing",
            ["single"] = new JsonArray([.. Special(before, 0), Sequence("A", 0), .. Special(after, 0)]),
            ["pair"] = new JsonArray(
                [.. Special(before, 0), Sequence("A", 0), .. Special(after, 0), Sequence("B", 1), .. Special(after, 1)]),
            ["special_tokens"] = specials,
        });
    }

    static IEnumerable<JsonNode> Special((string Token, int Id)? token, int typeId) => token is { } special
        ? [new JsonObject { ["SpecialToken"] = new JsonObject { ["id"] = special.Token, ["type_id"] = typeId } }] : [];

    static JsonObject Sequence(string id, int typeId) => new() { ["Sequence"] = new JsonObject { ["id"] = id, ["type_id"] = typeId } };

    // Parsed rather than serialised: the serializer would add 50 ms to the process's start.
    static JsonElement Element(JsonNode node)
    {
        using var document = JsonDocument.Parse(node.ToJsonString());
        return document.RootElement.Clone();
    }
}
