// The fast network as a policy or a reward model to train: rows one after the other, without padding, the beginning that two share once.
// Its oracle is the plain Transformer. Knows no losses.
using Majlis.Torch.Packed;
using static TorchSharp.torch;

namespace Majlis.Trainer.Sequences;

public static class PackedPolicy
{
    public static Policy Of(PackedTransformer network, IReadOnlyList<(string Name, Tensor Value)> parameters) => new(batch =>
    {
        using var scope = NewDisposeScope();
        using var packed = Pack(batch, network);
        // The head is the most expensive product, so only states before scored tokens go through it.
        int[] before = [.. batch.ScoredAt.Select(place => packed.RowOf(place.Row, place.At))];
        int[] labels = [.. batch.Labels.data<long>().Select(id => (int)id)];
        var states = network.States(packed);
        return (network.AdaptsHead
            ? SequenceScores.Of(network.Logits(states.index_select(0, tensor(before))), batch)
            : SequenceScores.Of(HeadScores.Of(network, states, before, labels), batch)).MoveToOuterDisposeScope();
    }, parameters)
    {
        Numerics = network.Products == ScalarType.BFloat16 ? "bf16" : "fp32",
    };

    /// <summary>The network's reward at each row's last token that is not its padding id, as transformers reads it.</summary>
    public static Reward.Scorer Scorer(PackedTransformer network, IReadOnlyList<(string Name, Tensor Value)> parameters) => new(batch =>
    {
        using var scope = NewDisposeScope();
        using var packed = Pack(batch, network);
        long[] last = [.. batch.Rows.Select((row, index) =>
            (long)packed.RowOf(index, Reward.Scorer.LastToken(row, network.Blueprint.PadToken)))];
        return network.Logits(network.States(packed).index_select(0, tensor(last))).squeeze(-1).MoveToOuterDisposeScope();
    }, parameters);

    /// <summary>Both sides of a pair share the rows of their beginning, the prompt's at least.</summary>
    static PackedBatch Pack(SequenceBatch batch, PackedTransformer network) =>
        new([.. batch.Rows.Select(row => (int[])[.. row.Prompt, .. row.Completion])], network.Blueprint.HiddenSize);
}
