// Marks of calls that are special tokens are seen by the reader of calls and by nobody else: the starter's own tokenizer, a forced answer.
using System.Text;
using Majlis.Inference;
using Majlis.tests.Support;
using Majlis.Text.Chat.ToolCalls;
using Majlis.Text.Tokenizers;
using Xunit;

namespace Majlis.tests.Inference;

public sealed class ToolCallAnswerTests
{
    const string Call = "<|START_ACTION|>[{\"tool_call_id\": \"0\", \"tool_name\": \"f\", \"parameters\": {\"a\": \"ب\"}}]<|END_ACTION|>";
    const string End = "<|END_OF_TURN_TOKEN|>";

    static readonly TextTokenizer tokenizer = TextTokenizer.FromJson(Path.Combine(TinyStarter.ModelFolder, "tokenizer.json"));

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
        Assert.True(answer.Tokens < tokenizer.Encode(Call, addSpecialTokens: false).Length);
    }

    static async Task<(string Text, string Calls, FinishReason? Finish, int Tokens)> AnswerAsync(string written, bool onlyFirst)
    {
        int[] forced = tokenizer.Encode(written + End, addSpecialTokens: false);
        var next = 0;
        var size = tokenizer.AddedTokenIds.Concat(forced).Max() + 1;
        var network = new ScriptedNetwork(Tiny.Blueprint([null]) with { VocabularySize = size })
        {
            Spoil = row =>
            {
                Array.Clear(row);
                row[forced[next++]] = 20;
            },
        };
        var options = new EngineOptions { CacheBytes = 4096 };
        var live = new LiveModel();
        live.Swap(new LoadedModel(network, 1024, options)
        {
            Version = "v",
            WeightsHash = "h",
            Tokenizer = tokenizer,
            Defaults = new([tokenizer.TokenId(End)!.Value], null),
        });
        await using var engine = new Engine(live, options, TimeProvider.System);
        using var lease = live.Lease()!;
        var request = new GenerationRequest([21], SamplingOptions.Greedy, 500)
        {
            Tools = new(ToolFormats.Named("cohere")!, ["f"], onlyFirst),
        };
        var (text, calls, finish, tokens) = (new StringBuilder(), new StringBuilder(), (FinishReason?)null, 0);
        await foreach (var piece in engine.GenerateAsync(lease, request, TestContext.Current.CancellationToken))
        {
            text.Append(piece.Text);
            foreach (var call in piece.Calls)
                calls.Append(call.Name is { } name ? (call.Index > 0 ? "|" : "") + name + " " : call.Arguments);
            (finish, tokens) = (piece.Finish ?? finish, tokens + piece.Tokens.Length);
        }
        return (text.ToString(), calls.ToString(), finish, tokens);
    }
}
