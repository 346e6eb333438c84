// An objective beside rows that nobody voted on: each step adds their mean negative log-likelihood, so that what they show is kept. Replay
// is what continual learning calls it; InstructGPT mixes pretraining rows in so (https://arxiv.org/abs/2203.02155, PPO-ptx). Knows neither
// the objective's own loss nor files.
using Majlis.Torch;
using Majlis.Trainer.Optimization;
using Majlis.Trainer.Sequences;
using static TorchSharp.torch;

namespace Majlis.Trainer.Replay;

/// <param name="Weight">What the rows' mean loss per token counts beside the objective's.</param>
/// <param name="BatchRows">Rows of a micro-batch.</param>
/// <param name="Accumulation">Micro-batches of a step.</param>
/// <param name="Seed">Of the rows' order.</param>
public sealed record ReplayOptions(double Weight, int BatchRows, int Accumulation, int Seed);

/// <param name="objective">Decides what an epoch is, and whether the run is well.</param>
/// <param name="policy">The network that both train.</param>
/// <param name="rows">At least one; they are gone through in a new order each time.</param>
/// <param name="options">How much of them a step takes.</param>
public sealed class ReplayedObjective(IObjective objective, Policy policy, IReadOnlyList<TokenRow> rows, ReplayOptions options) : IObjective
{
    readonly BatchOrder order = new(rows.Count, options.BatchRows, options.Accumulation, options.Seed, Shuffle: true);

    public int Items => objective.Items;

    public IReadOnlyList<(string Name, Tensor Value)> Parameters => objective.Parameters;

    public StepOutcome Gradients(int step, IReadOnlyList<int[]> batches, bool unmoved)
    {
        var outcome = objective.Gradients(step, batches, unmoved);
        if (outcome.Refusal is not null) return outcome;
        TokenRow[][] own = [.. order.Step(step).Select(batch => batch.Select(row => rows[row]).ToArray())];
        var all = own.Sum(batch => batch.Sum(row => row.Predicted));
        var (sum, tokens) = (0.0, outcome.Tokens);
        foreach (var batch in own)
        {
            var loss = Backward(batch, all);
            if (!double.IsFinite(loss))
                return new StepOutcome(
                    [], 0, MicroBatches.NotFinite(step, "the loss of replayed rows", loss, batch.Select(row => row.Key)));
            (sum, tokens) = (sum + loss, tokens + batch.Sum(row => row.Prompt.Length + row.Completion.Length));
        }
        var metrics = new Dictionary<string, double>(outcome.Metrics) { ["replay/loss"] = sum };
        metrics["loss"] += options.Weight * sum;
        return new StepOutcome(metrics, tokens);
    }

    public string PlaceOf(int item) => objective.PlaceOf(item);

    public string? Health(IReadOnlyList<StepMetrics> log) => objective.Health(log);

    public void Resume(StepMetrics last) => objective.Resume(last);

    /// <summary>Adds a micro-batch's gradient; returns its share of the step's mean loss per token.</summary>
    double Backward(TokenRow[] own, int stepTokens)
    {
        using var scope = NewDisposeScope();
        using var batch = SequenceBatch.Of(own, pad: 0);
        var loss = policy.Scores(batch).LogProbabilities.sum().neg().Over(stepTokens);
        loss.Times(options.Weight).backward();
        return loss.detach().Number();
    }
}
