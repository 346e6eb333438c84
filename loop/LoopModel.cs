// An opened model of the loop's table: answers prompts as the rater asks them. Knows no HTTP.
using Majlis.Evaluation;
using Majlis.Inference;
using Majlis.Model;
using Majlis.Text.Chat;
using Majlis.Torch;

namespace Majlis.loop;

sealed class LoopModel : IAsyncDisposable
{
    const int MaxContext = 1024;

    readonly AnsweringModel model;

    public LoopModel(string path)
    {
        var checkpoint = Checkpoint.Open(path);
        model = new AnsweringModel(checkpoint, new TorchNetwork(checkpoint.Blueprint, checkpoint.Weights), MaxContext);
    }

    public int[] Prompt(string text) => model.Prompt(new Conversation([.. ScriptedRater.Messages(text)]));

    /// <summary>One answer per prompt, all at once; each seed is the prompt's index plus <paramref name="seed"/>.</summary>
    public async Task<Answer[]> AnswerAsync(IReadOnlyList<string> prompts, float temperature, int seed)
    {
        var answers = await Task.WhenAll(prompts.Select((prompt, index) => model.AnswerAsync(
            Prompt(prompt), new SamplingOptions { Temperature = temperature, Seed = seed + index }, ScriptedRater.MaxTokens)));
        return [.. answers.Select(answer => new Answer([.. answer.Tokens], answer.Text, answer.IsCut))];
    }

    public ValueTask DisposeAsync() => model.DisposeAsync();
}
