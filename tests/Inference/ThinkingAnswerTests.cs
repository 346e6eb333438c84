// Thinking between marks that are special tokens: parted from answer, calls and citations, counted, limited; the marks are seen by nobody.
using Majlis.Inference;
using Majlis.Text.Chat.Reasoning;
using Majlis.Text.Chat.ToolCalls;
using Xunit;

namespace Majlis.tests.Inference;

public sealed class ThinkingAnswerTests
{
    const string Open = "<|START_THINKING|>", Close = "<|END_THINKING|>", Response = "<|START_RESPONSE|>";
    const string Call = "<|START_ACTION|>[{\"tool_call_id\": \"0\", \"tool_name\": \"f\", \"parameters\": {}}]<|END_ACTION|>";

    static Task<WrittenAnswer> AnswerAsync(string written, bool isOpen, int? budget = null) => WrittenAnswer.ReadAsync(written,
        request => request with
        {
            Reasoning = new(ReasoningFormats.Cohere, isOpen),
            ThinkingBudget = budget,
            ReadsCitations = true,
            Tools = new(ToolFormats.Named("cohere")!, [new("f", [])], OnlyFirst: false),
        });

    [Theory]
    [InlineData(Open + "I count.\n" + Close + Response + "Four.<|END_RESPONSE|>", false, "I count.", "Four.")]
    [InlineData("I count." + Close + Response + "Four.<|END_RESPONSE|>", true, "I count.", "Four.")]
    [InlineData("I count." + Response + "Four.", true, "I count.", "Four.")]
    [InlineData(Open + "I count." + Close + "Four." + Open + "No." + Close, false, "I count.", "Four.No.")]
    [InlineData(Open + "I " + Open + "count." + Close + Close + "Four.", true, "I count.", "Four.")]
    [InlineData(Response + "Four.<|END_RESPONSE|>", false, "", "Four.")]
    [InlineData(Open + "I never", false, "I never", "")]
    [InlineData(Open + "I <co>read</co: 0:[1]>." + Close + Response + "<co>Four</co: 0:[1]>.", false, "I read.", "Four.")]
    public async Task Thinking_and_answer_are_told_apart_without_any_mark(string written, bool isOpen, string thought, string text)
    {
        var answer = await AnswerAsync(written, isOpen);
        Assert.Equal((thought, text, ""), (answer.Thought, answer.Text, answer.Calls));
        Assert.Equal(text, answer.Shown);
    }

    [Theory]
    [InlineData(Open + "I look." + Close + Call)]
    [InlineData(Open + "I look." + Call)]
    public async Task Calls_follow_the_thinking_although_its_end_is_missing(string written)
    {
        var answer = await AnswerAsync(written, isOpen: false);
        Assert.Equal(("I look.", "", "f {}", (FinishReason?)FinishReason.ToolCalls),
            (answer.Thought, answer.Text, answer.Calls, answer.Finish));
    }

    [Fact]
    public async Task Tokens_of_thinking_are_counted_with_their_marks_and_no_others()
    {
        var thinking = WrittenAnswer.Tokenizer.Encode(Open + "I count." + Close, addSpecialTokens: false).Length;
        var answer = await AnswerAsync(Open + "I count." + Close + Response + "Four.", isOpen: false);
        Assert.Equal(thinking, answer.ThinkingTokens);
        Assert.Equal(0, (await AnswerAsync(Response + "Four.", isOpen: false)).ThinkingTokens);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_spent_budget_ends_the_thinking_and_the_answer_goes_on(int budget)
    {
        // Every second token is a letter; the mark that is forced takes the place of one token.
        const string letters = "abcdefgh", between = "<|END_RESPONSE|>";
        var answer = await AnswerAsync(string.Concat(letters.Select(letter => letter + between)), isOpen: true, budget);
        var (before, after) = ((budget + 1) / 2, (budget + 2) / 2);
        Assert.Equal((letters[..before], letters[after..]), (answer.Thought, answer.Text));
        Assert.Equal(budget + 1, answer.ThinkingTokens);
    }

    [Fact]
    public async Task A_budget_that_is_not_spent_changes_nothing()
    {
        var written = "I count." + Close + Response + "Four.";
        Assert.Equal(await AnswerAsync(written, isOpen: true), await AnswerAsync(written, isOpen: true, budget: 400));
    }
}
