// What a reader gets of an answer that a network writes token by token, with the starter's own tokenizer.
using System.Text;
using Majlis.Inference;
using Majlis.tests.Support;
using Majlis.Text.Tokenizers;
using Xunit;

namespace Majlis.tests.Inference;

/// <param name="Calls">Each as its name, a space and its arguments; joined by a bar.</param>
/// <param name="Tokens">How many were generated.</param>
sealed record WrittenAnswer(string Thought, string Text, string Calls, FinishReason? Finish, int Tokens, int ThinkingTokens)
{
    public const string End = "<|END_OF_TURN_TOKEN|>";

    public static TextTokenizer Tokenizer { get; } = TextTokenizer.FromJson(Path.Combine(TinyStarter.ModelFolder, "tokenizer.json"));

    /// <summary>The tokens of the answer that were shown, as text.</summary>
    public required string Shown { get; init; }

    /// <param name="written">Tokens that the engine forces take the place of its own.</param>
    public static async Task<WrittenAnswer> ReadAsync(string written, Func<GenerationRequest, GenerationRequest> wish)
    {
        int[] forced = Tokenizer.Encode(written + End, addSpecialTokens: false);
        var next = 0;
        var size = Tokenizer.AddedTokenIds.Concat(forced).Max() + 1;
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
            Tokenizer = Tokenizer,
            Defaults = new([Tokenizer.TokenId(End)!.Value], null),
        });
        await using var engine = new Engine(live, options, TimeProvider.System);
        using var lease = live.Lease()!;
        var (text, thought, calls, shown) = (new StringBuilder(), new StringBuilder(), new StringBuilder(), new List<int>());
        var (finish, tokens, thinking) = ((FinishReason?)null, 0, 0);
        var request = wish(new GenerationRequest([21], SamplingOptions.Greedy, 500));
        await foreach (var piece in engine.GenerateAsync(lease, request, TestContext.Current.CancellationToken))
        {
            text.Append(piece.Text);
            thought.Append(piece.Reasoning);
            foreach (var call in piece.Calls)
                calls.Append(call.Name is { } name ? (call.Index > 0 ? "|" : "") + name + " " : call.Arguments);
            shown.AddRange(piece.Shown.Select(token => token.Id));
            (finish, tokens, thinking) = (piece.Finish ?? finish, tokens + piece.Tokens.Length, thinking + piece.ReasoningTokens);
        }
        return new(thought.ToString(), text.ToString(), calls.ToString(), finish, tokens, thinking)
        {
            Shown = Tokenizer.Decode([.. shown], skipSpecialTokens: true),
        };
    }
}
