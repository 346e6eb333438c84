// The head and a weighted cross-entropy in one, with its gradient: logits exist for the scored rows only, and only for a part of them at a
// time. Knows no optimiser.
// Legend: S scored rows, R rows of a part, C hidden, V vocabulary.
using static TorchSharp.torch;

namespace Majlis.Torch.Packed;

/// <summary>The weighted sum of the rows' losses, and how many labels were the likeliest token.</summary>
public readonly record struct HeadLossResult(double Loss, int Right);

public static class HeadLoss
{
    // Numbers of a part's logits: large enough that adding a part's gradient to the head's costs little.
    const int PartNumbers = 1 << 24;
    const int LeastRows = 256;
    const int RowStep = 32;

    /// <summary>
    /// Computes the loss and adds its gradient to all that is trained behind <paramref name="states"/>, and to the head where it is.
    /// </summary>
    /// <param name="network">Whose head.</param>
    /// <param name="states">[N, C] from <see cref="PackedTransformer.States"/>.</param>
    /// <param name="rows">S rows of them to score.</param>
    /// <param name="labels">S ids of the tokens after them.</param>
    /// <param name="weights">S weights, already divided by the step's sum.</param>
    /// <param name="timesProbability">DFT, https://arxiv.org/abs/2508.05629: a token's loss times its probability, held still.</param>
    public static HeadLossResult Backward(PackedTransformer network, Tensor states, int[] rows, int[] labels, float[] weights,
        bool timesProbability)
    {
        using var scope = NewDisposeScope();
        var count = PackedBatch.RoundUp(rows.Length); // the rows beyond have no weight
        Array.Resize(ref rows, count);
        Array.Resize(ref labels, count);
        Array.Resize(ref weights, count);
        var scored = states.index_select(0, tensor(rows.Select(row => (long)row).ToArray())); // [S, C]
        var (gradient, headGradient, result) = Gradients(network, scored.detach(), labels, weights, timesProbability);
        if (network.Head.requires_grad) autograd.backward([scored, network.Head], [gradient, headGradient!]);
        else scored.backward([gradient]);
        return result;
    }

    /// <summary>Parts of <paramref name="rows"/> rows that are computed at a time, as equal as steps of 32 rows allow.</summary>
    internal static IEnumerable<(int At, int Count)> Parts(int rows, int vocabulary)
    {
        var parts = (rows + Math.Max(LeastRows, PartNumbers / vocabulary) - 1) / Math.Max(LeastRows, PartNumbers / vocabulary);
        var step = (rows + parts - 1) / parts;
        step = (step + RowStep - 1) / RowStep * RowStep;
        for (var at = 0; at < rows; at += step) yield return (at, Math.Min(step, rows - at));
    }

    /// <summary>Gradients of the weighted loss of S rows of states, [S, C], and of the head where it is trained.</summary>
    internal static (Tensor OfStates, Tensor? OfHead, HeadLossResult Result) Gradients(
        PackedTransformer network, Tensor states, int[] labels, float[] weights, bool timesProbability)
    {
        using var still = no_grad();
        var head = network.Head.to(network.Products); // [V, C]
        var (ofStates, ofHead, right) = (new List<Tensor>(), network.Head.requires_grad ? zeros_like(network.Head) : null, 0);
        var form = new RowLoss(network.Blueprint.LogitScale, network.Blueprint.LogitSoftCap, timesProbability);
        var losses = new float[labels.Length];
        foreach (var (at, count) in Parts(labels.Length, (int)head.shape[0]))
        {
            using var inner = NewDisposeScope();
            var own = states.narrow(0, at, count).to(network.Products); // [R, C]
            var logits = own.matmul(head.t()); // [R, V]
            right += SoftmaxRows.Replace(logits, labels.AsMemory(at, count), weights.AsMemory(at, count), form,
                losses.AsMemory(at, count));
            ofStates.Add(logits.matmul(head).to(ScalarType.Float32).MoveToOuterDisposeScope());
            ofHead?.PlusInPlace(logits.t().matmul(own));
        }
        return (cat(ofStates, 0), ofHead, new HeadLossResult(losses.Sum(loss => (double)loss), right));
    }
}
