// Corner cases of Hugging Face's tokenizers that no golden tokenizer reaches, on definitions of a few tokens.
using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using Majlis.Text.Tokenizers;
using Xunit;

namespace Majlis.tests.Text;

public sealed class TokenizerCornerTests
{
    static TextTokenizer Parse(string json) => TextTokenizer.ParseJson(Encoding.UTF8.GetBytes(json), "corner");

    static TextTokenizer Normalizing(string normalizer, string words = "\"x\": 0") => Parse($$"""
        {"model": {"type": "WordLevel", "vocab": { {{words}} }, "unk_token": "x"}, "normalizer": {{normalizer}} }
        """);

    [Theory]
    [InlineData("NFC")]
    [InlineData("NFD")]
    [InlineData("NFKC")]
    [InlineData("NFKD")]
    public void A_noncharacter_passes_normalisation_unchanged(string form)
    {
        var letter = form.EndsWith('D') ? "e\u0301" : "\u00e9";
        var normal = letter + "\ufffe" + letter;
        var tokenizer = Normalizing($$"""{"type": "{{form}}"}""", $"\"x\": 0, {JsonSerializer.Serialize(normal)}: 1");
        Assert.Equal([1], tokenizer.Encode("e\u0301\ufffeé", false));
        Assert.Equal([(0, 4)], tokenizer.EncodeWithOffsets("e\u0301\ufffeé", false).Offsets);
    }

    [Theory]
    [InlineData(@"\\s*$", "</w>", "ab ", "ab</w>")]
    [InlineData("a*", "x", "aab", "xbx")]
    [InlineData("a*", "x", "b𠀀", "xbx𠀀x")]
    [InlineData("^", "x", "ab", "xab")]
    public void An_empty_match_right_behind_a_match_is_not_replaced(string pattern, string content, string text, string expected)
    {
        var tokenizer = Normalizing($$"""{"type": "Replace", "pattern": {"Regex": "{{pattern}}"}, "content": "{{content}}"}""",
            $"\"x\": 0, {JsonSerializer.Serialize(expected)}: 1");
        Assert.Equal([1], tokenizer.Encode(text, false));
    }

    /// <summary>The Rust library looks for the decoded text among the contents of special tokens.</summary>
    [Fact]
    public void A_special_token_whose_normal_form_differs_is_not_skipped()
    {
        var tokenizer = Parse("""
            {"model": {"type": "WordLevel", "vocab": {"x": 0}, "unk_token": "x"}, "normalizer": {"type": "Lowercase"},
             "added_tokens": [
               {"id": 1, "content": "[MASK]", "special": true, "normalized": true, "single_word": false, "lstrip": false, "rstrip": false},
               {"id": 2, "content": "<s>", "special": true, "normalized": true, "single_word": false, "lstrip": false, "rstrip": false}]}
            """);
        Assert.Equal("[mask] x", tokenizer.Decode([1, 2, 0], skipSpecialTokens: true));
    }

    [Fact]
    public void Word_pieces_may_continue_without_a_prefix()
    {
        const string json = """
            {"model": {"type": "WordPiece", "vocab": {"a": 0, "b": 1, "u": 2}, "unk_token": "u", "continuing_subword_prefix": "",
                       "max_input_chars_per_word": 100}}
            """;
        Assert.Equal([0, 1], Parse(json).Encode("ab", false));
        Assert.Equal([0, 1], Parse(Parse(json).ToJson()).Encode("ab", false));
    }

    /// <summary>No rune before a leading character can swallow it, so in the Rust library the text after it takes its place.</summary>
    [Theory]
    [InlineData("axb", new[] { 0, 1, 2, 3 })]
    [InlineData("xab", new[] { 0, 1, 1, 2 })]
    public void A_precompiled_map_that_drops_a_character_moves_offsets_as_the_library_does(string text, int[] expected)
    {
        var offsets = Parse($$"""
            {"model": {"type": "BPE", "vocab": {"a": 0, "b": 1}, "merges": []},
             "normalizer": {"type": "Precompiled", "precompiled_charsmap": "{{MapThatDrops('x')}}"} }
            """).EncodeWithOffsets(text, false).Offsets;
        Assert.Equal(expected, offsets.SelectMany(offset => new[] { offset.Start, offset.End }));
    }

    [Theory]
    [InlineData("xab", new[] { 0, 1, 1, 2 })]
    [InlineData("éab", new[] { 0, 1, 0, 1 })]
    [InlineData("axb", new[] { 0, 1, 1, 2 })]
    public void Without_an_unknown_token_a_character_leaves_no_place(string text, int[] expected)
    {
        var tokenizer = Parse("""{"model": {"type": "BPE", "vocab": {"a": 0, "b": 1}, "merges": []} }""");
        var offsets = tokenizer.EncodeWithOffsets(text, false).Offsets;
        Assert.Equal(expected, offsets.SelectMany(offset => new[] { offset.Start, offset.End }));
    }

    // A trie with one path: the letter, then the offset of an empty replacement.
    static string MapThatDrops(char letter)
    {
        var units = new uint[256];
        units[letter] = letter | 1u << 8 | 1u << 10;
        var blob = new byte[4 + 4 * units.Length + 1];
        BinaryPrimitives.WriteInt32LittleEndian(blob, 4 * units.Length);
        for (var i = 0; i < units.Length; i++) BinaryPrimitives.WriteUInt32LittleEndian(blob.AsSpan(4 + 4 * i), units[i]);
        return Convert.ToBase64String(blob);
    }

    [Fact]
    public void A_version_line_among_the_merges_is_passed_over() => Assert.Equal([2], Parse("""
        {"model": {"type": "BPE", "vocab": {"a": 0, "b": 1, "ab": 2}, "merges": ["#version: 0.2 - made elsewhere", "a b"]}}
        """).Encode("ab", false));

    [Fact]
    public void An_unknown_last_character_is_spelt_in_bytes_with_the_mark_of_its_place()
    {
        var bytes = string.Join(", ", Enumerable.Range(0, 256).Select(value => $"\"<0x{value:X2}>\": {value + 1}"));
        var tokenizer = Parse($$"""
            {"model": {"type": "BPE", "vocab": {"<unk>": 0, {{bytes}}, "a": 257}, "merges": [], "unk_token": "<unk>",
             "byte_fallback": true, "end_of_word_suffix": "</w>"} }
            """);
        Assert.Equal([257, 196, 170, .. "</w>".Select(letter => letter + 1)], tokenizer.Encode("aé", false));
        var word = new string('é', 2000);
        Assert.Equal(4004, tokenizer.Encode(word, false).Length);
    }

    [Theory]
    [InlineData("""{"type": "BPEDecoder", "suffix": "</w>"}""", "ab</w>,cd,</w>ef,ef</w>", "ab, cd,, efef|")]
    [InlineData("""{"type": "Strip", "content": "_", "start": 0, "stop": 2}""", "a,b_,c_,__,d_", "a,b,c,,d|")]
    [InlineData("""{"type": "Sequence", "decoders": [{"type": "Fuse"}, {"type": "Strip", "content": "_", "start": 1, "stop": 1}]}""",
        "a,b_,c_,__,d_", "a,b,_c,__,_d|")]
    [InlineData("""{"type": "Sequence", "decoders": [{"type": "Fuse"}, {"type": "ByteLevel"}]}""", "Ã©, ,x", ",,|Ã© x")]
    [InlineData("""
        {"type": "Sequence",
         "decoders": [{"type": "BPEDecoder", "suffix": "_"}, {"type": "WordPiece", "prefix": "##", "cleanup": false}]}
        """, "a,##b_,##c", ",a,b |c")]
    public void Text_comes_as_soon_as_nothing_can_change_it(string decoder, string pieces, string expected)
    {
        var tokens = pieces.Split(',');
        var vocab = string.Join(", ", tokens.Select((token, id) => $"\"{token}\": {id}"));
        var stream = Parse($$"""
            {"model": {"type": "WordLevel", "vocab": { {{vocab}} }, "unk_token": "{{tokens[0]}}"}, "decoder": {{decoder}} }
            """).Stream(false);
        var told = string.Join(',', tokens.Select((_, id) => stream.Push(id)));
        Assert.Equal(expected, $"{told}|{stream.Flush()}");
    }
}
