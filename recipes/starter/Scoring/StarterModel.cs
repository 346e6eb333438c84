// A model that answers items of the recipe as a server without a GPU computes it, in 8 bits. Knows no scores.
using Majlis.Cpu;
using Majlis.Evaluation;
using Majlis.Inference;
using Majlis.Model;
using Majlis.Text.Chat;

namespace Majlis.recipes.starter.Scoring;

public sealed class StarterModel : IAsyncDisposable
{
    const int MostTokens = 200;

    readonly AnsweringModel model;

    /// <exception cref="Majlis.Text.ModelFormatException">It brings no chat template or no tokenizer.</exception>
    public StarterModel(string path)
    {
        var checkpoint = Checkpoint.Open(path);
        model = new AnsweringModel(
            checkpoint, new CpuNetwork(checkpoint.Blueprint, checkpoint.Weights), checkpoint.Blueprint.MaxPositions);
    }

    /// <summary>One answer per item; each seed is <paramref name="seed"/> plus the item's index.</summary>
    public async Task<string[]> AnswerAsync(IReadOnlyList<Item> items, float temperature, int seed)
    {
        var answers = await Task.WhenAll(items.Select((item, index) =>
            model.AnswerAsync(Prompt(item), new SamplingOptions { Temperature = temperature, Seed = seed + index }, MostTokens)));
        return [.. answers.Select(answer => answer.Text)];
    }

    public ValueTask DisposeAsync() => model.DisposeAsync();

    int[] Prompt(Item item) => model.Prompt(new Conversation(item.Messages()) { Documents = item.DocumentsJson });
}
