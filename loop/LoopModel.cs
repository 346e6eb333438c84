// An opened model of the loop's table: answers questions as the rater asks them. Knows no HTTP.
using Majlis.Evaluation;
using Majlis.Inference;
using Majlis.Model;
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

    public int[] Prompt(Question question) => model.Prompt(question.Conversation);

    /// <summary>One answer per question, all at once; each seed is the question's index plus <paramref name="seed"/>.</summary>
    public async Task<Answer[]> AnswerAsync(IReadOnlyList<Question> questions, float temperature, int seed)
    {
        var answers = await Task.WhenAll(questions.Select((question, index) => model.AnswerAsync(
            Prompt(question), new SamplingOptions { Temperature = temperature, Seed = seed + index }, ScriptedRater.MaxTokens)));
        return [.. answers.Select(answer => new Answer([.. answer.Tokens], answer.Text, answer.IsCut))];
    }

    public ValueTask DisposeAsync() => model.DisposeAsync();
}
