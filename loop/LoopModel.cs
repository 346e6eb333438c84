// An opened model of the loop's table: answers prompts in serving numerics. Knows no HTTP.
using Majlis.Inference;
using Majlis.Model;
using Majlis.Text.Chat;
using Majlis.Torch;

namespace Majlis.loop;

sealed class LoopModel : IAsyncDisposable
{
    readonly LiveModel live = new();
    readonly Engine engine;
    readonly Checkpoint checkpoint;

    public LoopModel(string path)
    {
        checkpoint = Checkpoint.Open(path);
        var options = new EngineOptions { MaxSequences = 32 };
        live.Swap(new LoadedModel(new TorchNetwork(checkpoint.Blueprint, checkpoint.Weights), maxContext: 1024, options)
        {
            Version = path,
            WeightsHash = "",
            Tokenizer = checkpoint.Tokenizer!,
            ChatTemplate = checkpoint.ChatTemplate,
            Defaults = checkpoint.Generation,
            Source = checkpoint,
        });
        engine = new Engine(live, options, TimeProvider.System);
    }

    public int[] Prompt(string text) => ChatPrompt.Encode(checkpoint.ChatTemplate!, checkpoint.Tokenizer!,
        new Conversation([.. ScriptedRater.Messages(text)]) { AddGenerationPrompt = true, Now = DateTimeOffset.UnixEpoch });

    /// <summary>One answer per prompt, all at once; each seed is the prompt's index plus <paramref name="seed"/>.</summary>
    public async Task<Answer[]> AnswerAsync(IReadOnlyList<string> prompts, float temperature, int seed) =>
        await Task.WhenAll(prompts.Select((prompt, index) =>
            OneAsync(Prompt(prompt), new SamplingOptions { Temperature = temperature, Seed = seed + index })));

    public async ValueTask DisposeAsync()
    {
        await engine.DisposeAsync();
        live.Dispose();
    }

    async Task<Answer> OneAsync(int[] prompt, SamplingOptions sampling)
    {
        var (tokens, text, cut) = (new List<int>(), "", false);
        using var lease = live.Lease()!;
        await foreach (var piece in engine.GenerateAsync(lease, new GenerationRequest(prompt, sampling, ScriptedRater.MaxTokens)))
        {
            tokens.AddRange(piece.Tokens.Select(token => token.Id));
            text += piece.Text;
            cut |= piece.Finish == FinishReason.Length;
        }
        return new Answer([.. tokens], text, cut);
    }
}
