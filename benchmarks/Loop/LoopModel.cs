// A model of the loop's table, opened: answers prompts and scores comparisons in serving numerics. Knows no HTTP.
using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Majlis.Evaluation;
using Majlis.Inference;
using Majlis.Model;
using Majlis.Torch;

namespace Majlis.benchmarks;

/// <summary>An answer with all its tokens, the one that ended it among them.</summary>
sealed record Answer(int[] Tokens, string Text, bool IsCut);

sealed class LoopModel : IAsyncDisposable
{
    const int MaxTokens = 80;

    readonly LiveModel live = new();
    readonly Engine engine;
    readonly Checkpoint checkpoint;

    public LoopModel(string path)
    {
        checkpoint = Checkpoint.Open(path);
        live.Swap(new LoadedModel
        {
            Version = path,
            WeightsHash = "",
            Network = new TorchNetwork(checkpoint.Blueprint, checkpoint.Weights),
            Tokenizer = checkpoint.Tokenizer!,
            ChatTemplate = checkpoint.ChatTemplate,
            Defaults = checkpoint.Generation,
            MaxContext = 1024,
            Source = checkpoint,
        });
        engine = new Engine(live, new EngineOptions { MaxSequences = 32 }, TimeProvider.System);
    }

    public int[] Prompt(string text) => ChatPrompt.Encode(checkpoint.ChatTemplate!, checkpoint.Tokenizer!,
        new Conversation([new JsonObject { ["role"] = "user", ["content"] = text }]) { AddGenerationPrompt = true, Now = DateTimeOffset.UnixEpoch });

    /// <summary>One answer a prompt, all at once; the seed of each is its place in the list plus <paramref name="seed"/>.</summary>
    public async Task<Answer[]> AnswerAsync(IReadOnlyList<string> prompts, float temperature, int seed) =>
        await Task.WhenAll(prompts.Select((prompt, index) => OneAsync(Prompt(prompt), new SamplingOptions { Temperature = temperature, Seed = seed + index })));

    /// <summary>Log-probabilities of both answers of every comparison, by a network of its own.</summary>
    public ImmutableArray<ScoredItem> Score(IEnumerable<PreferenceItem> items)
    {
        using var network = new TorchNetwork(checkpoint.Blueprint, checkpoint.Weights);
        return PreferenceAccuracy.Score(network, items);
    }

    public async ValueTask DisposeAsync()
    {
        await engine.DisposeAsync();
        live.Dispose();
    }

    async Task<Answer> OneAsync(int[] prompt, SamplingOptions sampling)
    {
        var (tokens, text, cut) = (new List<int>(), "", false);
        await foreach (var piece in engine.GenerateAsync(live.Lease()!, new GenerationRequest(prompt, sampling, MaxTokens)))
        {
            tokens.AddRange(piece.Tokens.Select(token => token.Id));
            text += piece.Text;
            cut |= piece.Finish == FinishReason.Length;
        }
        return new Answer([.. tokens], text, cut);
    }
}
