// The loss, the metrics and the gradient's norm of one batch of everything, without a change of the weights.
using Majlis.Trainer.Optimization;

namespace Majlis.tests.Trainer;

static class FirstStep
{
    public static StepMetrics Of(IObjective objective)
    {
        using var loop = new TrainingLoop(objective, new LoopOptions
        {
            BatchItems = objective.Items,
            Accumulation = 1,
            Steps = 1,
            Shuffle = false,
            LearningRate = 0,
            MaxGradientNorm = 1e9,
        });
        StepMetrics? seen = null;
        var result = loop.Run(step => seen = step);
        return seen ?? throw new InvalidOperationException(result.Refusal);
    }
}
