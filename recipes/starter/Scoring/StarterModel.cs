// A model that answers items through the engine that serves it, in serving numerics. Knows no scores.
using Majlis.Inference;
using Majlis.Model;
using Majlis.Text;
using Majlis.Text.Chat;
using Majlis.Torch;

namespace Majlis.recipes.starter.Scoring;

public sealed class StarterModel : IAsyncDisposable
{
    const int MostTokens = 200;

    readonly LiveModel live = new();
    readonly Engine engine;
    readonly Checkpoint checkpoint;
    readonly ChatTemplate template;

    /// <exception cref="ModelFormatException">It brings no chat template or no tokenizer.</exception>
    public StarterModel(string path)
    {
        checkpoint = Checkpoint.Open(path);
        template = checkpoint.ChatTemplate
            ?? throw new ModelFormatException($"{path}: it brings no chat template, so it takes no questions.");
        var options = new EngineOptions { MaxSequences = 32 };
        live.Swap(new LoadedModel(new TorchNetwork(checkpoint.Blueprint, checkpoint.Weights), checkpoint.Blueprint.MaxPositions, options)
        {
            Version = path,
            WeightsHash = "",
            Tokenizer = checkpoint.Tokenizer ?? throw new ModelFormatException($"{path}: it brings no tokenizer."),
            ChatTemplate = template,
            Defaults = checkpoint.Generation,
            Source = checkpoint,
        });
        engine = new Engine(live, options, TimeProvider.System);
    }

    /// <summary>One answer per item; each seed is <paramref name="seed"/> plus the item's index.</summary>
    public async Task<string[]> AnswerAsync(IReadOnlyList<Item> items, float temperature, int seed) =>
        await Task.WhenAll(items.Select((item, index) =>
            OneAsync(Prompt(item), new SamplingOptions { Temperature = temperature, Seed = seed + index })));

    public async ValueTask DisposeAsync()
    {
        await engine.DisposeAsync();
        live.Dispose();
    }

    int[] Prompt(Item item) => ChatPrompt.Encode(template, checkpoint.Tokenizer!, new Conversation(item.Messages())
    {
        Documents = item.DocumentsJson,
        AddGenerationPrompt = true,
        Now = DateTimeOffset.UnixEpoch,
    });

    async Task<string> OneAsync(int[] prompt, SamplingOptions sampling)
    {
        var text = "";
        using var lease = live.Lease()!;
        await foreach (var piece in engine.GenerateAsync(lease, new GenerationRequest(prompt, sampling, MostTokens))) text += piece.Text;
        return text;
    }
}
