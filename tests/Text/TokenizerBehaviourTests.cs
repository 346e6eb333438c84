// Properties that lists of strings cannot show: threads, length, hostile patterns, lone surrogates, whole characters in streams.
using System.Text;
using Majlis.Model.Weights.Gguf;
using Majlis.tests.Support;
using Majlis.Text;
using Majlis.Text.Tokenizers;
using Majlis.Text.Tokenizers.Models;
using Majlis.Text.Tokenizers.Splitting;
using Xunit;

namespace Majlis.tests.Text;

public sealed class TokenizerBehaviourTests
{
    [Fact]
    public void Many_threads_get_what_one_gets()
    {
        var tokenizer = SmolLM2();
        var texts = Enumerable.Range(0, 200)
            .Select(i => $"السؤال {i}: what is {i * 7919} in Arabic words, please? {new string((char)('a' + i % 26), i)}").ToList();
        var alone = texts.ConvertAll(text => tokenizer.Encode(text, false));
        var together = texts.AsParallel().AsOrdered().Select(text => tokenizer.Encode(text, false)).ToList();
        Assert.Equal(alone, together);
    }

    [Fact]
    public void A_megabyte_of_one_letter_is_merged_in_no_quadratic_time()
    {
        var tokenizer = SmolLM2();
        var ids = tokenizer.Encode(new string('a', 1_000_000), false);
        Assert.Equal(1_000_000, tokenizer.Decode(ids, false).Length);
    }

    /// <summary>Both merge algorithms agree at the length where one takes over.</summary>
    [Fact]
    public void Pieces_of_every_length_are_merged_alike()
    {
        var tokenizer = SmolLM2();
        var random = new Random(5);
        for (var length = 50; length < 90; length++)
        {
            var word = string.Concat(Enumerable.Range(0, length).Select(_ => (char)('a' + random.Next(6))));
            var padded = tokenizer.Encode(word, false);
            Assert.Equal(word, tokenizer.Decode(padded, false));
            Assert.Equal(padded, tokenizer.Encode(word, false));
        }
    }

    /// <summary>The library merges where it is exact; our own code, which merges elsewhere, is its oracle.</summary>
    [Fact]
    public void The_library_merges_as_our_own_code_does()
    {
        using var file = GgufFile.Open(Shared.Require(Shared.SmolLM2));
        var definition = GgufVocabulary.Read(file).Model;
        Assert.True(LibraryBytePairModel.Fits(definition));
        var own = new BytePairModel(definition, -1);
        var library = new LibraryBytePairModel(definition, own);
        var random = new Random(11);
        for (var round = 0; round < 2000; round++)
        {
            var letters = 1 + random.Next(256);
            var text = string.Concat(
                Enumerable.Range(0, 1 + random.Next(150)).Select(_ => ByteAlphabet.CharOf((byte)random.Next(letters))));
            var places = Enumerable.Range(0, text.Length).ToArray();
            var (expected, merged) = (new TokenSink(tracked: true), new TokenSink(tracked: true));
            own.Tokenize(new TextSlice(text, places, places), expected);
            library.Tokenize(new TextSlice(text, places, places), merged);
            Assert.Equal(expected.Ids, merged.Ids);
            Assert.Equal(expected.Ranges, merged.Ranges);
        }
    }

    [Fact]
    public void A_lone_surrogate_reads_as_a_replacement_character() =>
        Assert.Equal(SmolLM2().Encode("a\ufffdb", false), SmolLM2().Encode("a\ud800b", false));

    [Fact]
    public void Bytes_of_tokens_joined_are_the_text()
    {
        var tokenizer = SmolLM2();
        const string text = "مرحبا 👩‍👧 world é";
        Assert.Equal(Encoding.UTF8.GetBytes(text), tokenizer.Encode(text, false).SelectMany(tokenizer.TokenBytes));
    }

    [Fact]
    public void A_pattern_that_would_never_end_is_given_up()
    {
        var json = """
            {"model": {"type": "BPE", "vocab": {"a": 0}, "merges": []},
             "pre_tokenizer": {"type": "Split", "pattern": {"Regex": "((a|a)+)+b"}, "behavior": "Isolated"}}
            """;
        var tokenizer = TextTokenizer.ParseJson(Encoding.UTF8.GetBytes(json), "hostile");
        var error = Assert.Throws<ModelFormatException>(() => tokenizer.Encode(new string('a', 60), false));
        Assert.Contains("does not come to an end", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(@"\w+", "ab 𠀀𠀁", 3, 7)]
    [InlineData(@"[^a]", "a𠀀", 1, 3)]
    [InlineData(@"(?i:'s)", "x'ſ", 1, 3)]
    [InlineData(@"a{2,3}?b", "aaab", 0, 4)]
    [InlineData(@"(?:ab|a)(?=b)", "ab", 0, 1)]
    [InlineData(@"(?<!a)b", "ab b", 3, 4)]
    [InlineData(@"(?>a*)a|c", "aac", 2, 3)]
    [InlineData(@"[\p{L}&&[^a-y]]", "abzc", 2, 3)]
    [InlineData(@"^b$", "a\nb", 2, 3)]
    [InlineData(@"\p{^L}", "aé1", 2, 3)]
    [InlineData(@"[[:digit:]]+", "a12", 1, 3)]
    [InlineData(@"\w+", "a m²", 2, 4)]
    [InlineData(@"[\w]+", "m²", 0, 1)]
    [InlineData(@".\b", "²-", 0, 1)]
    [InlineData(@"[[:punct:]]", "a$", 1, 2)]
    [InlineData(@"\p{Punct}", "$.", 1, 2)]
    [InlineData(@"(?:ab){2}", "abaabab", 3, 7)]
    [InlineData(@"\x{1F642}|\u0645", "a🙂", 1, 3)]
    public void Patterns_match_by_characters(string pattern, string text, int start, int end)
    {
        var split = """
            {"model": {"type": "WordLevel", "vocab": {"x": 0}, "unk_token": "x"},
             "pre_tokenizer": {"type": "Split", "pattern": {"Regex": PATTERN}, "behavior": "Removed", "invert": true}}
            """
            .Replace("PATTERN", System.Text.Json.JsonSerializer.Serialize(pattern), StringComparison.Ordinal);
        var offsets = TextTokenizer.ParseJson(Encoding.UTF8.GetBytes(split), "split").EncodeWithOffsets(text, false).Offsets;
        // Offsets count code points; the expected ones are in UTF-16 units.
        var found = offsets[^1];
        Assert.Equal((Points(text[..start]), Points(text[..end])), pattern == @"\w+" ? found : offsets[0]);
    }

    [Fact]
    public void A_prompt_has_its_begin_of_text_once()
    {
        var tokenizer = TextTokenizer.ParseJson(Encoding.UTF8.GetBytes("""
            {"model": {"type": "WordLevel", "vocab": {"<s>": 0, "a": 1, "b": 2}, "unk_token": "a"},
             "added_tokens": [{"id": 0, "content": "<s>", "special": true}], "pre_tokenizer": {"type": "WhitespaceSplit"},
             "post_processor": {"type": "TemplateProcessing",
              "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
              "special_tokens": {"<s>": {"id": "<s>", "ids": [0], "tokens": ["<s>"]}}}}
            """), "framed");
        Assert.Equal([0, 1, 2], tokenizer.EncodePrompt("a b", int.MaxValue));
        Assert.Equal([0, 1, 2], tokenizer.EncodePrompt("<s> a b", int.MaxValue));
        Assert.Equal([0, 0, 1], tokenizer.EncodePrompt("<s><s> a", int.MaxValue));
        Assert.Equal([0], tokenizer.EncodePrompt("", int.MaxValue));
        Assert.InRange(tokenizer.EncodePrompt("a b a b a b", 2).Length, 3, 6);
    }

    /// <summary>
    /// A decoder that strips a text's first blank strips none of a continuation; half a character belongs to what completes it.
    /// </summary>
    [Fact]
    public void A_continuation_decodes_as_within_the_whole_text()
    {
        var tokenizer = TextTokenizer.ParseJson(Encoding.UTF8.GetBytes("""
            {"model": {"type": "BPE", "merges": [], "byte_fallback": true,
              "vocab": {"▁a": 0, "▁b": 1, "<0xC3>": 2, "<0xA9>": 3, "c": 4}},
             "decoder": {"type": "Sequence", "decoders": [
              {"type": "Replace", "pattern": {"String": "▁"}, "content": " "}, {"type": "ByteFallback"}, {"type": "Fuse"},
              {"type": "Strip", "content": " ", "start": 1, "stop": 0}]}}
            """), "stripping");
        foreach (var (before, after) in new[]
        {
            ((int[])[0], (int[])[1, 4]), ([], [1, 4]), ([0, 2], [3, 1]), ([0, 2, 3], [4]), ([.. Enumerable.Repeat(0, 40)], [1]),
        })
        {
            var stream = tokenizer.Stream(false);
            stream.Continue(before);
            var text = string.Concat(after.Select(stream.Push)) + stream.Flush();
            var (whole, start) = (tokenizer.Decode([.. before, .. after], false), tokenizer.Decode(before, false));
            Assert.Equal(whole[start.TrimEnd('\uFFFD').Length..], text);
        }
    }

    static int Points(string text) => text.EnumerateRunes().Count();

    static TextTokenizer SmolLM2() => StoredTokenizers.Open(Shared.Require(Shared.SmolLM2));
}
