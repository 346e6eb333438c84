// A network with a reward head as the training loop sees it. Knows no loss.
using Majlis.Torch;
using Majlis.Trainer.Sequences;
using static TorchSharp.torch;

namespace Majlis.Trainer.Reward;

/// <summary>A reward model in training.</summary>
/// <param name="Scores">One reward a row of a batch, [R] fp32, with gradient.</param>
/// <param name="Parameters">The trained parameters: fp32 leaves under their checkpoint names, always in the same order.</param>
public sealed record Scorer(Func<SequenceBatch, Tensor> Scores, IReadOnlyList<(string Name, Tensor Value)> Parameters)
{
    /// <summary>The network's reward at each row's last token that is not its padding id, as transformers reads it.</summary>
    public static Scorer Of(Transformer network, IReadOnlyList<(string Name, Tensor Value)> parameters) => new(batch =>
    {
        using var scope = NewDisposeScope();
        var states = network.States(batch.Tokens, batch.Mask); // [R, T, C]
        var last = batch.Rows.Select((row, index) => (long)index * batch.Width + LastToken(row, network.Blueprint.PadToken)).ToArray();
        var read = states.reshape(-1, states.shape[2]).index_select(0, tensor(last)); // [R, C]
        return network.Logits(read).squeeze(-1).to(ScalarType.Float32).MoveToOuterDisposeScope();
    }, parameters);

    /// <summary>The place in the row of its last token that is not the padding id.</summary>
    public static int LastToken(TokenRow row, int? pad)
    {
        var last = row.Prompt.Length + row.Completion.Length - 1;
        while (last > 0 && (last < row.Prompt.Length ? row.Prompt[last] : row.Completion[last - row.Prompt.Length]) == pad) last--;
        return last;
    }
}
