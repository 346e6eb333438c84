// The smallest real tokenizer and chat template: one token per byte, and ChatML's two turn tokens. Written as a tokenizer.json because
// servers read that.
using System.Text;
using System.Text.Json.Nodes;
using Majlis.Text.Tokenizers;

namespace Majlis.tests.Server;

static class TinyText
{
    public const string Template = """
        {%- for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n' }}{% endfor %}
        {%- if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}
        """;

    public static TextTokenizer Tokenizer { get; } = Make();

    /// <summary>The same, with a token put before every text.</summary>
    public static TextTokenizer Framed { get; } = Frame();

    static TextTokenizer Frame()
    {
        var definition = JsonNode.Parse(Tokenizer.ToJson())!;
        definition["post_processor"] = JsonNode.Parse("""
            {"type": "TemplateProcessing",
             "single": [{"SpecialToken": {"id": "<|im_start|>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
             "special_tokens": {"<|im_start|>": {"id": "<|im_start|>", "ids": [256], "tokens": ["<|im_start|>"]}}}
            """);
        return TextTokenizer.ParseJson(Encoding.UTF8.GetBytes(definition.ToJsonString()), "framed");
    }

    /// <summary>GPT-2's letters for bytes: printable bytes map to themselves, the rest to U+0100 and following.</summary>
    static IEnumerable<char> Letters()
    {
        var others = 0;
        for (var value = 0; value < 256; value++)
            yield return value is >= '!' and <= '~' or >= 0xA1 and <= 0xAC or >= 0xAE and <= 0xFF ? (char)value : (char)(256 + others++);
    }

    static TextTokenizer Make()
    {
        var vocabulary = new JsonObject();
        foreach (var letter in Letters()) vocabulary[letter.ToString()] = vocabulary.Count;
        var file = Path.Combine(Directory.CreateTempSubdirectory("majlis-tiny-").FullName, "tokenizer.json");
        File.WriteAllText(file, new JsonObject
        {
            ["version"] = "1.0",
            ["added_tokens"] = new JsonArray(Special(RecitingNetwork.ImStart, "<|im_start|>"),
                Special(RecitingNetwork.ImEnd, "<|im_end|>")),
            ["normalizer"] = null,
            ["pre_tokenizer"] = ByteLevel(),
            ["post_processor"] = null,
            ["decoder"] = ByteLevel(),
            ["model"] = new JsonObject { ["type"] = "BPE", ["vocab"] = vocabulary, ["merges"] = new JsonArray() },
        }.ToJsonString());
        return TextTokenizer.FromJson(file);
    }

    static JsonObject ByteLevel() => new()
    {
        ["type"] = "ByteLevel",
        ["add_prefix_space"] = false,
        ["trim_offsets"] = true,
        ["use_regex"] = false
    };

    static JsonObject Special(int id, string text) => new()
    {
        ["id"] = id,
        ["content"] = text,
        ["single_word"] = false,
        ["lstrip"] = false,
        ["rstrip"] = false,
        ["normalized"] = false,
        ["special"] = true,
    };
}
