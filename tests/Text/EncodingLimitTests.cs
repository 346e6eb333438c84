// An encoding with a limit gives the same tokens as one without, up to its end.
using System.Text.Json.Nodes;
using Majlis.Text.Chat;
using Xunit;

namespace Majlis.tests.Text;

public sealed class EncodingLimitTests
{
    public static TheoryData<string> Definitions => [.. TokenizerGolden.Definitions.Select(row => row.Data).DefaultIfEmpty("absent")];

    [Theory, MemberData(nameof(Definitions))]
    public void As_many_tokens_as_are_asked_for_are_those_of_the_whole_text(string row)
    {
        var (_, tokenizer) = TokenizerGolden.Open(row);
        var text = string.Join(' ', Enumerable.Range(0, 60).Select(number => $"word {number} سلام <s> é😀 \n"));
        var whole = tokenizer.Encode(text, addSpecialTokens: false);
        Assert.Equal(whole, tokenizer.EncodeUpTo(text, whole.Length));
        foreach (var most in new[] { 0, 1, 17, whole.Length - 1 })
        {
            var some = tokenizer.EncodeUpTo(text, most);
            Assert.True(some.Length > most);
            Assert.Equal(whole[..some.Length], some);
        }
        Assert.InRange(tokenizer.LongestToken, 1, 10_000);
    }

    [Theory]
    [InlineData("word ")]
    [InlineData("<|im_end|> ")]
    [InlineData("<|im_end|>")]
    public void A_prompt_ends_soon_after_the_context_is_full(string word)
    {
        var (template, tokenizer) = (GoldenTemplates.Read("own/chatml-generation"), GoldenTemplates.Tokenizer("smollm2"));
        var conversation = new Conversation([new JsonObject
        {
            ["role"] = "user",
            ["content"] = string.Concat(Enumerable.Repeat(word, 2000)),
        }]);
        var whole = ChatPrompt.Encode(template, tokenizer, conversation);
        var some = ChatPrompt.EncodeUpTo(template, tokenizer, conversation, 100);
        Assert.InRange(some.Length, 101, 200);
        Assert.Equal(whole[..some.Length], some);
        Assert.Equal(whole, ChatPrompt.EncodeUpTo(template, tokenizer, conversation, whole.Length));
    }
}
