// Marks of calls that are special tokens are seen by the reader of calls and by nobody else: the starter's own tokenizer, a forced answer.
using Majlis.Inference;
using Majlis.Text.Chat.ToolCalls;
using Xunit;

namespace Majlis.tests.Inference;

public sealed class ToolCallAnswerTests
{
    const string Call = "<|START_ACTION|>[{\"tool_call_id\": \"0\", \"tool_name\": \"f\", \"parameters\": {\"a\": \"ب\"}}]<|END_ACTION|>";

    [Theory]
    [InlineData("<|START_THINKING|>I ask.<|END_THINKING|>" + Call, "I ask.", "f {\"a\": \"ب\"}", FinishReason.ToolCalls)]
    [InlineData("<|START_RESPONSE|>No.<|END_RESPONSE|>", "No.", "", FinishReason.Stop)]
    [InlineData("<|START_ACTION|>no list<|END_ACTION|>", "no list", "", FinishReason.Stop)]
    [InlineData(Call + Call, "", "f {\"a\": \"ب\"}|f {\"a\": \"ب\"}", FinishReason.ToolCalls)]
    public async Task Marks_that_are_special_tokens_are_read_and_not_shown(string written, string text, string calls, FinishReason finish)
    {
        var answer = await AnswerAsync(written, onlyFirst: false);
        Assert.Equal((text, calls, (FinishReason?)finish), (answer.Text, answer.Calls, answer.Finish));
    }

    [Fact]
    public async Task An_answer_that_may_call_once_ends_there()
    {
        var answer = await AnswerAsync(Call + Call, onlyFirst: true);
        Assert.Equal(("", "f {\"a\": \"ب\"}", (FinishReason?)FinishReason.ToolCalls), (answer.Text, answer.Calls, answer.Finish));
        Assert.True(answer.Tokens < WrittenAnswer.Tokenizer.Encode(Call, addSpecialTokens: false).Length);
    }

    static Task<WrittenAnswer> AnswerAsync(string written, bool onlyFirst) => WrittenAnswer.ReadAsync(written,
        request => request with { Tools = new(ToolFormats.Named("cohere")!, [new("f", [])], onlyFirst) });
}
