// What tells good sampled answers from bad ones.
using Majlis.Evaluation;

namespace Majlis.Trainer.Iterate;

interface IAnswerScorer : IDisposable
{
    /// <summary>Higher is better; null where an answer could not be scored.</summary>
    Task<double?[]> ScoreAsync(PromptRow prompt, IReadOnlyList<ModelAnswer> answers);
}
