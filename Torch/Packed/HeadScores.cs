// The head and the log-probabilities of given tokens in one differentiable operation: logits exist for a part of the rows at a time. A
// frozen head is gone through backwards at once, up to a factor for each row that the loss will give; a trained one makes its logits
// again. Its oracle is the library's log-softmax of all logits. Knows no loss.
// Legend: S scored rows, R rows of a part, C hidden, V vocabulary.
using static TorchSharp.torch;

namespace Majlis.Torch.Packed;

/// <summary>Of each scored row, [S] fp32 each; only the log-probabilities carry a gradient.</summary>
/// <param name="LogProbabilities">Of the labels.</param>
/// <param name="Entropy">Of all tokens, in nats.</param>
/// <param name="MeanLogit">Over all tokens.</param>
/// <param name="IsTop">1 where no token is likelier than the label, and none before it as likely.</param>
/// <param name="Collision">log of the sum of p^2.</param>
public sealed record TokenScores(Tensor LogProbabilities, Tensor Entropy, Tensor MeanLogit, Tensor IsTop, Tensor Collision);

public sealed class HeadScores : autograd.SingleTensorFunction<HeadScores>
{
    const string Head = "head";

    public override string Name => nameof(HeadScores);

    /// <summary>The scores of S tokens, with gradient to all that is trained behind the states, and to the head where it is.</summary>
    /// <param name="network">Whose head.</param>
    /// <param name="states">[N, C] from <see cref="PackedTransformer.States"/>.</param>
    /// <param name="rows">S rows of them to score.</param>
    /// <param name="labels">S ids of the tokens after them.</param>
    public static TokenScores Of(PackedTransformer network, Tensor states, int[] rows, int[] labels)
    {
        using var scope = NewDisposeScope();
        var (count, padded) = (labels.Length, PackedBatch.RoundUp(labels.Length));
        Array.Resize(ref rows, padded);
        Array.Resize(ref labels, padded);
        var scored = states.index_select(0, tensor(rows.Select(row => (long)row).ToArray())); // [S, C]
        var own = new ScoredHead(network, labels, is_grad_enabled() && scored.requires_grad);
        var logs = apply(scored, network.Head, own).narrow(0, 0, count);
        Tensor Each(Func<RowScores, float> value) =>
            tensor(own.Scores.AsSpan(0, count).ToArray().Select(value).ToArray()).MoveToOuterDisposeScope();
        return new TokenScores(logs.MoveToOuterDisposeScope(), Each(row => row.Entropy), Each(row => row.MeanLogit),
            Each(row => row.IsTop ? 1 : 0), Each(row => row.Collision));
    }

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (states, own) = ((Tensor)vars[0], (ScoredHead)vars[2]);
        var slopes = own.Forward(states);
        ctx.save_for_backward([slopes ?? states]);
        ctx.save_data(Head, own);
        return tensor(own.Scores.Select(row => row.Log).ToArray());
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output) =>
        ((ScoredHead)ctx.get_data(Head)).Backward(ctx, grad_output);
}

/// <summary>One call's head, labels and what their rows say.</summary>
/// <param name="learns">Whether states have a gradient.</param>
sealed class ScoredHead(PackedTransformer network, int[] labels, bool learns)
{
    readonly RowLoss form = new(network.Blueprint.LogitScale, network.Blueprint.LogitSoftCap, TimesProbability: false);

    public RowScores[] Scores { get; } = new RowScores[labels.Length];

    bool IsTrained => network.Head.requires_grad;

    /// <summary>Fills the scores; gives the slopes of each log-probability, [S, C], where the head is frozen.</summary>
    public Tensor? Forward(Tensor states)
    {
        using var scope = NewDisposeScope();
        var (head, slopes, keeps) = (network.Head.to(network.Products), new List<Tensor>(), learns && !IsTrained);
        foreach (var (at, count) in HeadLoss.Parts(labels.Length, (int)head.shape[0]))
        {
            using var inner = NewDisposeScope();
            var logits = states.narrow(0, at, count).to(network.Products).matmul(head.t()); // [R, V]
            ScoredRows.Read(logits, labels.AsMemory(at, count), form, Scores.AsMemory(at, count), keeps);
            if (keeps) slopes.Add(logits.matmul(head).to(ScalarType.Float32).MoveToOuterDisposeScope());
        }
        return keeps ? cat(slopes, 0).MoveToOuterDisposeScope() : null;
    }

    /// <summary>The gradients of states and head from that of the log-probabilities, [S].</summary>
    public List<Tensor> Backward(autograd.AutogradContext ctx, Tensor gradient) => network.Returned.Of(gradient, own =>
    {
        var saved = ctx.get_saved_variables()[0]; // slopes, or the states of a trained head
        if (!IsTrained) return [saved * own.unsqueeze(1), null!, null!];
        var weights = own.neg().data<float>().ToArray();
        var (ofStates, ofHead, _) = HeadLoss.Gradients(network, saved, labels, weights, timesProbability: false);
        return [ofStates, ofHead!, null!];
    });
}
