// Texts as an objective: packed rows, of which so many tokens count so much. A step's loss is the sum of its tokens' losses over their
// weights, whatever its micro-batches are. Knows no optimiser and no files.
using Majlis.Torch.Packed;
using Majlis.Trainer.Optimization;
using Majlis.Trainer.Supervised.Data;
using static TorchSharp.torch;

namespace Majlis.Trainer.Supervised;

public sealed class SupervisedObjective : IObjective
{
    readonly PackedTransformer network;
    readonly IReadOnlyList<Example> examples;
    readonly IReadOnlyList<int[]> rows;
    readonly SupervisedOptions options;

    /// <param name="network">The network to train.</param>
    /// <param name="parameters">Its masters, which change in place; always in the same order.</param>
    /// <param name="examples">None longer than the row; with wrapped, whole rows.</param>
    /// <param name="options">Packing, the prompt's share, the kind of loss.</param>
    public SupervisedObjective(PackedTransformer network, IReadOnlyList<(string Name, Tensor Value)> parameters,
        IReadOnlyList<Example> examples, SupervisedOptions options)
    {
        (this.network, Parameters, this.examples, this.options) = (network, parameters, examples, options);
        rows = options is { Packing: true, PackingStrategy: not "wrapped" }
            ? Packing.BestFit([.. examples.Select(example => example.Tokens.Length)], options.MaxLength)
            : Packing.None(examples.Count);
    }

    public int Items => rows.Count;

    public IReadOnlyList<(string Name, Tensor Value)> Parameters { get; }

    public StepOutcome Gradients(int step, IReadOnlyList<int[]> batches, bool unmoved)
    {
        MicroBatch[] all = [.. batches.Select(batch =>
            MicroBatch.Of(batch.SelectMany(row => rows[row]).Select(index => (index, examples[index])), step, options))];
        var (total, loss, right, scored) = (all.Sum(batch => batch.TotalWeight), 0.0, 0, 0);
        foreach (var (index, batch) in all.Index())
        {
            var result = Backward(batch, total, out var count);
            if (!double.IsFinite(result.Loss))
                return new StepOutcome([], 0, MicroBatches.NotFinite(step, $"the loss of micro-batch {index + 1}", result.Loss,
                    batch.Examples.Select(example => example.Place)));
            loss += result.Loss;
            (right, scored) = (right + result.Right, scored + count);
        }
        return new StepOutcome(new() { ["loss"] = loss, ["mean_token_accuracy"] = right / (double)Math.Max(1, scored) },
            all.Sum(batch => batch.Tokens));
    }

    public string PlaceOf(int item) => string.Join(", ", rows[item].Select(index => examples[index].Place));

    public string? Health(IReadOnlyList<StepMetrics> log) => null; // texts have no reference to fall behind

    public void Resume(StepMetrics last)
    {
        // Texts remember nothing.
    }

    HeadLossResult Backward(MicroBatch batch, double total, out int scored)
    {
        using var scope = NewDisposeScope();
        using var packed = new PackedBatch([.. batch.Examples.Select(example => example.Tokens)]);
        var (rows, labels, weights) = (new List<int>(), new List<int>(), new List<float>());
        for (var i = 0; i < batch.Examples.Count; i++)
            for (var t = 1; t < batch.Examples[i].Tokens.Length; t++)
            {
                if (batch.Weights[i][t] == 0) continue;
                rows.Add(packed.RowOf(i, t - 1));
                labels.Add(batch.Examples[i].Tokens[t]);
                weights.Add((float)(batch.Weights[i][t] / total));
            }
        scored = rows.Count;
        return scored == 0 ? default
            : HeadLoss.Backward(network, network.States(packed), [.. rows], [.. labels], [.. weights], options.LossType == "dft");
    }
}
