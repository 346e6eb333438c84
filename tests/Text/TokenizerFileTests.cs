// Invalid tokenizer files give an error that names the file and the field.
using System.Text;
using System.Text.Json.Nodes;
using Majlis.tests.Support;
using Majlis.Text;
using Majlis.Text.Tokenizers;
using Xunit;

namespace Majlis.tests.Text;

public sealed class TokenizerFileTests
{
    const string Valid = """
        {"added_tokens": [{"id": 3, "content": "<s>", "special": true}], "normalizer": null, "pre_tokenizer": null, "decoder": null,
         "model": {"type": "BPE", "vocab": {"a": 0, "b": 1, "ab": 2, "<s>": 3}, "merges": ["a b"]}}
        """;

    [Theory]
    [InlineData("model", null, "lacks \"model\"")]
    [InlineData("model.type", "\"Magic\"", "model.type is \"Magic\"")]
    [InlineData("model.vocab", "[]", "model.vocab should be an object")]
    [InlineData("model.vocab.a", "-1", "gives \"a\" the id -1")]
    [InlineData("model.vocab.a", "4194304", "gives \"a\" the id 4194304")]
    [InlineData("model.vocab.a", "1e3", "gives \"a\" the id 1e3")]
    [InlineData("model.merges", "[\"a  b\"]", "model.merges[0] is \"a  b\"")]
    [InlineData("model.merges", "[\"a c\"]", "model.merges[0] merges \"c\"")]
    [InlineData("model.merges", "[[\"b\", \"a\"]]", "model.merges[0] makes \"ba\"")]
    [InlineData("model.merges", "[[\"b\"]]", "model.merges[0] is not a pair")]
    [InlineData("model.merges", "7", "model.merges should be a list")]
    [InlineData("model.unk_token", "\"<unk>\"", "model.unk_token \"<unk>\" is not in model.vocab")]
    [InlineData("model.dropout", "0.1", "model.dropout makes tokens random")]
    [InlineData("model.byte_fallback", "\"yes\"", "model.byte_fallback expected true or false, found a string")]
    [InlineData("added_tokens", "[{\"id\": 2, \"content\": \"<s>\"}]", "added_tokens[0] gives \"<s>\" the id 2")]
    [InlineData("added_tokens", "[{\"content\": \"x\"}]", "added_tokens[0] lacks \"id\"")]
    [InlineData("normalizer", "{\"type\": \"Rot13\"}", "normalizer is of type \"Rot13\"")]
    [InlineData("pre_tokenizer", "{\"type\": \"UnicodeScripts\"}", "pre_tokenizer is of type \"UnicodeScripts\"")]
    [InlineData("pre_tokenizer", "{\"type\": \"Metaspace\", \"replacement\": \"ab\"}", "pre_tokenizer.replacement should be one character")]
    [InlineData("decoder", "{\"type\": \"Morse\"}", "decoder is of type \"Morse\"")]
    [InlineData("decoder", "{\"type\": \"Strip\", \"content\": \" \", \"start\": -1}", "decoder.start expected a whole number")]
    public void A_field_that_is_wrong_is_named(string field, string? value, string complaint)
    {
        var error = Assert.Throws<ModelFormatException>(() => TextTokenizer.ParseJson(With(field, value), "some/tokenizer.json"));
        Assert.StartsWith("some/tokenizer.json: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(complaint, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"Regex": "(a)\\1"}""", "Isolated", "pre_tokenizer.pattern: the pattern (a)\\1 has the escape \\1")]
    [InlineData("""{"Regex": "\\p{Runic}"}""", "Isolated", "the property Runic")]
    [InlineData("""{"Regex": "(?<=a+)b"}""", "Isolated", "look-behind of no fixed width")]
    [InlineData("""{"Regex": "[a"}""", "Isolated", "a [ that is never closed")]
    [InlineData("""{"Regex": "(?x)a"}""", "Isolated", "the group (?x")]
    [InlineData("""{"Regex": "(?:a*)*"}""", "Isolated", "repeats a group that can be empty")]
    [InlineData("""{"String": ""}""", "Isolated", "looks for an empty string")]
    [InlineData("""{"String": "x"}""", "Sideways", "pre_tokenizer.behavior is none of")]
    public void A_split_that_cannot_be_done_exactly_is_refused(string pattern, string behaviour, string complaint)
    {
        var json = With("pre_tokenizer", $$"""{"type": "Split", "pattern": {{pattern}}, "behavior": "{{behaviour}}"}""");
        var refused = Assert.Throws<ModelFormatException>(() => TextTokenizer.ParseJson(json, "t"));
        Assert.Contains(complaint, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_frame_of_unknown_tokens_is_refused()
    {
        var json = With("post_processor", """
            {"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "<e>", "type_id": 0}}], "special_tokens": {}}
            """);
        var error = Assert.Throws<ModelFormatException>(() => TextTokenizer.ParseJson(json, "t"));
        Assert.Contains("post_processor.special_tokens lacks \"<e>\"", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"model\": ")]
    [InlineData("nonsense")]
    public void A_file_that_is_not_json_says_so(string text)
    {
        var error = Assert.Throws<ModelFormatException>(() => TextTokenizer.ParseJson(Encoding.UTF8.GetBytes(text), "some/tokenizer.json"));
        Assert.StartsWith("some/tokenizer.json: not JSON", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tokenizer_cut_short_anywhere_never_does_more_than_complain()
    {
        var whole = Encoding.UTF8.GetBytes(Valid);
        for (var length = 0; length < whole.Length - 1; length++)
            Assert.Throws<ModelFormatException>(() => TextTokenizer.ParseJson(whole.AsMemory(0, length), "short"));
    }

    [Fact]
    public void A_sentencepiece_model_cut_short_anywhere_never_does_more_than_complain()
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "tokenizer.model");
        byte[] pieces = [10, 9, 10, 1, (byte)'a', 21, 0, 0, 128, 191, 10, 14, 10, 5, .. "<unk>"u8, 21, 0, 0, 0, 0, 24, 2, 18, 2, 24, 2];
        pieces = [10, 8, .. pieces[2..10], 10, 14, .. pieces[12..]];
        File.WriteAllBytes(path, pieces);
        Assert.Equal([0, 0], TextTokenizer.FromSentencePiece(path).Encode("aa", false)[^2..]);
        for (var length = 0; length < pieces.Length; length++)
        {
            File.WriteAllBytes(path, pieces[..length]);
            var error = Record.Exception(() => TextTokenizer.FromSentencePiece(path));
            Assert.True(error is null or ModelFormatException, $"{length}: {error}");
        }
    }

    [Fact]
    public void Flags_in_the_config_beside_it_win()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(Path.Combine(folder.Path, "tokenizer.json"), Valid);
        File.WriteAllText(Path.Combine(folder.Path, "tokenizer_config.json"),
            """
            {"added_tokens_decoder": {
              "3": {"content": "<s>", "rstrip": true, "special": false}, "7": {"content": "<new>", "special": true}}}
            """);
        var tokenizer = TextTokenizer.FromJson(Path.Combine(folder.Path, "tokenizer.json"));
        Assert.Equal([2, 3, 7], tokenizer.Encode("ab<s>  <new>", addSpecialTokens: false));
        Assert.True(tokenizer.IsSpecial(3) && tokenizer.IsSpecial(7));
        Assert.Equal(8, tokenizer.VocabularySize);
    }

    static byte[] With(string field, string? value)
    {
        var root = JsonNode.Parse(Valid)!;
        var names = field.Split('.');
        var parent = names[..^1].Aggregate(root, (node, name) => node[name]!).AsObject();
        if (value is null) parent.Remove(names[^1]);
        else parent[names[^1]] = JsonNode.Parse(value);
        return Encoding.UTF8.GetBytes(root.ToJsonString());
    }
}
