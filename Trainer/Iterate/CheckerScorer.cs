// Scores answers by the prompt's patterns: 1 for a right one, 0 for any other. Knows no model.
using Majlis.Evaluation;

namespace Majlis.Trainer.Iterate;

sealed class CheckerScorer : IAnswerScorer
{
    public Task<double?[]> ScoreAsync(PromptRow prompt, IReadOnlyList<ModelAnswer> answers) =>
        Task.FromResult<double?[]>([.. answers.Select(answer => (double?)(prompt.Item.Accepts(answer.Text) ? 1 : 0))]);

    public void Dispose()
    {
        // Patterns hold nothing.
    }
}
