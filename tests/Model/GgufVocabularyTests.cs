// GGUF vocabularies: the messages for unusable ones, and the effect of their flags.
using System.Text;
using System.Text.Json;
using Majlis.Model.Weights.Gguf;
using Majlis.tests.Support;
using Majlis.Text;
using Majlis.Text.Tokenizers;
using Xunit;

namespace Majlis.tests.Model;

public sealed class GgufVocabularyTests
{
    static readonly string[] pieces = ["<unk>", "<s>", "</s>", "\u2581", "a", "b", "\u2581a", "ab", "\u2581ab"];
    static readonly float[] scores = [0, 0, 0, -9, -8, -7, -3, -2, -1];
    static readonly int[] types = [2, 3, 3, 1, 1, 1, 1, 1, 1];

    [Theory]
    [InlineData("model", null, "tokenizer.ggml.model is missing")]
    [InlineData("model", "rwkv", "tokenizer.ggml.model is \"rwkv\"")]
    [InlineData("model", "gpt2", "tokenizer.ggml.pre is \"not there\"")]
    [InlineData("tokens", null, "tokenizer.ggml.tokens is missing")]
    [InlineData("scores", null, "tokenizer.ggml.scores is missing")]
    public void A_key_that_is_missing_or_strange_is_named(string key, string? value, string complaint)
    {
        var keys = Keys();
        if (value is null) keys.Remove("tokenizer.ggml." + key);
        else keys["tokenizer.ggml." + key] = value;
        Assert.Contains(complaint, Refused(keys), StringComparison.Ordinal);
    }

    [Fact]
    public void Lists_of_different_lengths_are_refused()
    {
        Assert.Contains("token_type has 2 entries for 9 tokens", Refused(Keys("token_type", new[] { 1, 1 })), StringComparison.Ordinal);
        Assert.Contains("scores has 1 entries for 9 tokens", Refused(Keys("scores", new[] { 1f })), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(77u)]
    [InlineData(uint.MaxValue)]
    public void A_token_id_outside_the_vocabulary_is_none(uint id)
    {
        Assert.Equal([8], Open(Keys("bos_token_id", id)).Encode("ab", addSpecialTokens: true));
        Assert.Equal([1, 8], Open(Keys(("eos_token_id", id), ("add_eos_token", true))).Encode("ab", addSpecialTokens: true));
    }

    [Fact]
    public void A_splitting_that_is_not_known_is_refused_by_name()
    {
        var keys = Keys("pre", "martian");
        keys["tokenizer.ggml.model"] = "gpt2";
        Assert.Contains("tokenizer.ggml.pre is \"martian\"; known are gpt-2", Refused(keys), StringComparison.Ordinal);
    }

    [Fact]
    public void Merges_that_are_missing_or_none_are_refused()
    {
        var keys = Keys(("model", "gpt2"), ("pre", "gpt-2"));
        Assert.Contains("tokenizer.ggml.merges is missing", Refused(keys), StringComparison.Ordinal);
        keys["tokenizer.ggml.merges"] = new[] { "ab" };
        Assert.Contains("merges[0] is \"ab\", not two tokens with a space between", Refused(keys), StringComparison.Ordinal);
    }

    [Fact]
    public void Best_scores_merge_first_and_flags_frame_the_text()
    {
        Assert.Equal([1, 8], Open(Keys()).Encode("ab", addSpecialTokens: true));
        Assert.Equal([8, 2], Open(Keys(("add_bos_token", false), ("add_eos_token", true))).Encode("ab", addSpecialTokens: true));
        Assert.Equal([7], Open(Keys("add_space_prefix", false)).Encode("ab", addSpecialTokens: false));
        Assert.Equal("ab ab", Open(Keys()).Decode([1, 8, 8, 2], skipSpecialTokens: true));
    }

    /// <summary>No file of these kinds is stored, so the test builds one from a tokenizer.json with the same splitting.</summary>
    [Theory]
    [InlineData("t-llama3", "llama-bpe")]
    [InlineData("t-qwen2", "qwen2")]
    [InlineData("t-gpt2", "gpt-2")]
    public void A_byte_level_vocabulary_gives_the_ids_of_its_tokenizer_json(string name, string kind)
    {
        var path = Shared.Require(Shared.Golden("text", "tokenizers", $"{name}.json"));
        var (gguf, json) = (Open(AsGguf(path, kind)), TextTokenizer.FromJson(path));
        using var strings = JsonDocument.Parse(File.ReadAllBytes(Shared.Golden("text", "strings.json")));
        var texts = Texts(strings.RootElement).ToList();
        Assert.NotEmpty(texts);
        Assert.All(texts, text => Assert.Equal(json.Encode(text, addSpecialTokens: false), gguf.Encode(text, addSpecialTokens: false)));
    }

    static IEnumerable<string> Texts(JsonElement node) => node.ValueKind switch
    {
        JsonValueKind.String => [node.GetString()!],
        JsonValueKind.Array => node.EnumerateArray().SelectMany(Texts),
        JsonValueKind.Object => node.EnumerateObject().SelectMany(member => Texts(member.Value)),
        _ => [],
    };

    static SortedDictionary<string, object> AsGguf(string path, string kind)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(path));
        var model = json.RootElement.GetProperty("model");
        var entries = model.GetProperty("vocab").EnumerateObject().ToDictionary(entry => entry.Value.GetInt32(), entry => entry.Name);
        var marked = json.RootElement.GetProperty("added_tokens").EnumerateArray()
            .ToDictionary(token => token.GetProperty("id").GetInt32(), token => token.GetProperty("special").GetBoolean() ? 3 : 4);
        foreach (var token in json.RootElement.GetProperty("added_tokens").EnumerateArray())
            entries[token.GetProperty("id").GetInt32()] = token.GetProperty("content").GetString()!;
        return new(StringComparer.Ordinal)
        {
            ["tokenizer.ggml.model"] = "gpt2",
            ["tokenizer.ggml.pre"] = kind,
            ["tokenizer.ggml.tokens"] = Enumerable.Range(0, entries.Count).Select(id => entries[id]).ToArray(),
            ["tokenizer.ggml.token_type"] = Enumerable.Range(0, entries.Count).Select(id => marked.GetValueOrDefault(id, 1)).ToArray(),
            ["tokenizer.ggml.merges"] = model.GetProperty("merges").EnumerateArray()
                .Select(pair => $"{pair[0].GetString()} {pair[1].GetString()}").ToArray(),
        };
    }

    static SortedDictionary<string, object> Keys(string key, object value) => Keys((key, value));

    static SortedDictionary<string, object> Keys(params (string Key, object Value)[] changes)
    {
        var keys = new SortedDictionary<string, object>(StringComparer.Ordinal)
        {
            ["tokenizer.ggml.model"] = "llama",
            ["tokenizer.ggml.tokens"] = pieces,
            ["tokenizer.ggml.scores"] = scores,
            ["tokenizer.ggml.token_type"] = types,
            ["tokenizer.ggml.bos_token_id"] = 1u,
            ["tokenizer.ggml.eos_token_id"] = 2u,
        };
        foreach (var (key, value) in changes) keys["tokenizer.ggml." + key] = value;
        return keys;
    }

    static string Refused(SortedDictionary<string, object> keys) => Assert.Throws<ModelFormatException>(() => Open(keys)).Message;

    static TextTokenizer Open(SortedDictionary<string, object> keys)
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "vocabulary.gguf");
        using (var writer = new BinaryWriter(File.Create(path)))
        {
            writer.Write("GGUF"u8);
            writer.Write(3);
            writer.Write(0L);
            writer.Write((long)keys.Count);
            foreach (var (key, value) in keys)
            {
                Text(writer, key);
                Value(writer, value);
            }
        }
        using var file = GgufFile.Open(path);
        return new TextTokenizer(GgufVocabulary.Read(file));
    }

    static void Value(BinaryWriter writer, object value)
    {
        writer.Write(value switch { uint => 4, int => 5, float => 6, bool => 7, string => 8, _ => 9 });
        Bare(writer, value);
    }

    static void Bare(BinaryWriter writer, object value)
    {
        if (value is string text) Text(writer, text);
        else if (value is uint unsigned) writer.Write(unsigned);
        else if (value is int signed) writer.Write(signed);
        else if (value is float single) writer.Write(single);
        else if (value is bool flag) writer.Write(flag);
        else
        {
            var list = (Array)value;
            writer.Write(value is string[]? 8 : value is float[]? 6 : 5);
            writer.Write((long)list.Length);
            foreach (var item in list) Bare(writer, item);
        }
    }

    static void Text(BinaryWriter writer, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        writer.Write((long)bytes.Length);
        writer.Write(bytes);
    }
}
