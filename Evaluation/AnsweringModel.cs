// An opened model that answers conversations through the engine that serves it, in serving numerics. Knows no scores and no HTTP.
using System.Collections.Immutable;
using Majlis.Inference;
using Majlis.Model;
using Majlis.Text;
using Majlis.Text.Chat;
using Majlis.Text.Tokenizers;

namespace Majlis.Evaluation;

/// <param name="Tokens">All tokens, the end token included.</param>
/// <param name="IsCut">Whether the answer ran into the token limit.</param>
public sealed record ModelAnswer(ImmutableArray<int> Tokens, string Text, bool IsCut);

public sealed class AnsweringModel : IAsyncDisposable
{
    // A caller's own list of questions waits here.
    const int Waiting = 1 << 20;

    readonly LiveModel live = new();
    readonly Engine engine;
    readonly TextTokenizer tokenizer;
    readonly ChatTemplate template;

    /// <param name="checkpoint">Disposed with this model.</param>
    /// <param name="network">Its network, likewise.</param>
    /// <param name="maxContext">Tokens that one conversation and its answer may take.</param>
    /// <exception cref="ModelFormatException">It brings no chat template or no tokenizer.</exception>
    public AnsweringModel(Checkpoint checkpoint, INetwork network, int maxContext)
    {
        template = checkpoint.ChatTemplate
            ?? throw new ModelFormatException($"{checkpoint.Path}: it brings no chat template, so it takes no questions.");
        tokenizer = checkpoint.Tokenizer ?? throw new ModelFormatException($"{checkpoint.Path}: it brings no tokenizer.");
        var options = new EngineOptions { QueueLimit = Waiting };
        live.Swap(new LoadedModel(network, Math.Min(maxContext, checkpoint.Blueprint.MaxPositions), options)
        {
            Version = checkpoint.Path,
            WeightsHash = "",
            Tokenizer = tokenizer,
            ChatTemplate = template,
            Defaults = checkpoint.Generation,
            Source = checkpoint,
        });
        engine = new Engine(live, options, TimeProvider.System);
    }

    /// <summary>The prompt's tokens, up to where the answer begins.</summary>
    public int[] Prompt(Conversation conversation) => ChatPrompt.Encode(template, tokenizer,
        conversation with { AddGenerationPrompt = true, Now = DateTimeOffset.UnixEpoch });

    /// <param name="prompt">From <see cref="Prompt"/>.</param>
    /// <param name="sampling">Temperature 0 for the likeliest answer.</param>
    /// <param name="maxTokens">The answer's most tokens.</param>
    public async Task<ModelAnswer> AnswerAsync(int[] prompt, SamplingOptions sampling, int maxTokens)
    {
        var (tokens, text, cut) = (ImmutableArray.CreateBuilder<int>(), "", false);
        using var lease = live.Lease()!;
        await foreach (var piece in engine.GenerateAsync(lease, new GenerationRequest(prompt, sampling, maxTokens)))
        {
            tokens.AddRange(piece.Tokens.Select(token => token.Id));
            text += piece.Text;
            cut |= piece.Finish == FinishReason.Length;
        }
        return new ModelAnswer(tokens.ToImmutable(), text, cut);
    }

    public async ValueTask DisposeAsync()
    {
        await engine.DisposeAsync();
        live.Dispose();
    }
}
