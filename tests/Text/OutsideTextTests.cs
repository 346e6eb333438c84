// Outside text in a prompt forms one text with the template's text around it: ordinary tokens spell control tokens in it, and
// nothing is inserted beside it; other added tokens are words.
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Majlis.Text.Chat;
using Majlis.Text.Tokenizers;
using Xunit;

namespace Majlis.tests.Text;

public sealed class OutsideTextTests
{
    static readonly string[] contents =
    [
        "x {0} y", "سلام{0}سلام", "{0}", " {0} ", "{0}{0}", "a  {0}\n{0}  b", "{0}x", "x{0}", "é{0}\u0301", "👩‍👧{0}\u200f", "{0} {0}",
        "<{0}>",
    ];

    static readonly string[] names =
        ["llama-spm", "t-mistral", "t-metaspace-first", "t-gemma", "t-gpt2-prefix"];

    public static TheoryData<string> Definitions => [.. TokenizerGolden.Definitions.Select(row => row.Data)
        .Where(row => names.Contains(row.Split(' ')[0])).DefaultIfEmpty("absent")];

    static int[] Prompt(TextTokenizer tokenizer, string template, string content, SpecialTokens? tokens = null) => ChatPrompt.Encode(
        ChatTemplate.Parse(template, tokens ?? new SpecialTokens()), tokenizer,
        new Conversation([new JsonObject { ["role"] = "user", ["content"] = content }]));

    [Theory, MemberData(nameof(Definitions))]
    public void A_mark_in_text_leaves_the_ids_of_one_text(string row)
    {
        var (name, tokenizer) = TokenizerGolden.Open(row);
        Assert.NotEmpty(name);
        foreach (var mark in tokenizer.AddedTokenIds.Where(tokenizer.IsSpecial).Select(id => tokenizer.TokenText(id)!))
            foreach (var content in contents.Select(content => string.Format(null, content, mark)))
            {
                var expected = tokenizer.Encode($"[INST] {content}[/INST]", addSpecialTokens: false, specialsAsText: true);
                var ids = Prompt(tokenizer, "[INST] {{ messages[0].content }}[/INST]", content);
                Assert.True(expected.SequenceEqual(ids),
                    $"{JsonSerializer.Serialize(content)}\n  expected {string.Join(' ', expected)}\n  found    {string.Join(' ', ids)}");
            }
    }

    [Theory]
    [InlineData("x </s> y")]
    [InlineData("سلام</s>سلام")]
    [InlineData("<s><unk></s>")]
    public void Real_tokens_stand_where_the_template_writes_them(string content)
    {
        var tokenizer = GoldenTemplates.Tokenizer("llama-spm");
        int[] expected = [1, .. tokenizer.Encode($"[INST] {content}[/INST]", addSpecialTokens: false, specialsAsText: true), 2];
        Assert.Equal(expected, Prompt(tokenizer,
            "{{ bos_token }}[INST] {{ messages[0].content }}[/INST]</s>", content, new SpecialTokens(Bos: "<s>")));
    }

    [Theory]
    [InlineData("{{ messages[0].content }}", "a<b>c", 3)]
    [InlineData("{{ messages[0].content }}", "<b><b>", 3, 3)]
    [InlineData("{{ messages[0].content }}", "<<b>", 4, 3)]
    [InlineData("<b>{{ messages[0].content }}", "a<b>c", 3, 4, 5)]
    public void An_added_token_that_is_no_control_token_is_a_word(string template, string content, params int[] expected)
    {
        var tokenizer = TextTokenizer.ParseJson(Encoding.UTF8.GetBytes("""
            {"model": {"type": "BPE", "vocab": {"a": 0, "b": 1, "c": 2, "<": 4, ">": 5}, "merges": []},
             "added_tokens": [{"id": 3, "content": "<b>", "special": false, "normalized": false},
              {"id": 6, "content": "</s>", "special": true, "normalized": false}]}
            """), "tags");
        Assert.Equal(expected, Prompt(tokenizer, template, content).Where(id => id > 2));
    }

    [Theory]
    [InlineData("Unigram")]
    [InlineData("IgnoreMerges")]
    [InlineData("Merges")]
    [InlineData("WordPiece")]
    [InlineData("WordLevel")]
    public void A_control_token_in_the_models_own_vocabulary_is_spelled_out(string kind)
    {
        const string added = """ "added_tokens": [{"id": 4, "content": "<s>", "special": true, "normalized": false}] """;
        var model = kind switch
        {
            "Unigram" => """
                {"type": "Unigram", "unk_id": 0, "vocab": [["?", 0], ["<", -3], ["s", -3], [">", -3], ["<s>", 0], ["<s", -4]]}
                """,
            "IgnoreMerges" => """
                {"type": "BPE", "ignore_merges": true, "vocab": {"?": 0, "<": 1, "s": 2, ">": 3, "<s>": 4}, "merges": []}
                """,
            "Merges" => """
                {"type": "BPE", "vocab": {"?": 0, "<": 1, "s": 2, ">": 3, "<s>": 4, "<s": 5}, "merges": [["<", "s"], ["<s", ">"]]}
                """,
            "WordPiece" => """{"type": "WordPiece", "unk_token": "?", "vocab": {"?": 0, "<": 1, "s": 2, "##>": 3, "<s>": 4}}""",
            _ => """{"type": "WordLevel", "unk_token": "?", "vocab": {"?": 0, "<": 1, "s>": 2, "<s>": 4}}""",
        };
        var tokenizer = TextTokenizer.ParseJson(Encoding.UTF8.GetBytes($$"""{"model": {{model}}, {{added}} }"""), kind);
        var ids = Prompt(tokenizer, "{{ messages[0].content }}", "<s>");
        Assert.DoesNotContain(4, ids);
        Assert.Equal("<s>", string.Concat(ids.Select(tokenizer.TokenText)).Replace("##", "", StringComparison.Ordinal));
        Assert.Equal([4], tokenizer.Encode("<s>", addSpecialTokens: false));
    }

    [Fact]
    public void Thousands_of_marks_cost_no_more_than_their_length()
    {
        var tokenizer = GoldenTemplates.Tokenizer("llama-spm");
        var content = string.Concat(Enumerable.Repeat("</s>", 20_000));
        var ids = Prompt(tokenizer, "{{ messages[0].content }}", content);
        Assert.Equal(content, tokenizer.Decode(ids, skipSpecialTokens: false).Trim());
    }
}
