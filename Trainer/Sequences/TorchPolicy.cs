// Our transformer as a policy to train, whole or with an adapter on it. Knows no losses.
using Majlis.Torch;
using static TorchSharp.torch;

namespace Majlis.Trainer.Sequences;

public static class TorchPolicy
{
    /// <summary>Trains an attached adapter; the weights below stay frozen, in whatever type they compute.</summary>
    public static Policy WithAdapter(Transformer network, LoraAdapter adapter, string numerics)
    {
        network.Attach(adapter);
        return new Policy(batch => network.Logits(ScoredStates(network, batch)), [.. adapter.NamedParameters]) { Numerics = numerics };
    }

    /// <summary>Trains every weight of a network that computes in fp32.</summary>
    public static Policy WithAllWeights(Transformer network)
    {
        foreach (var weight in network.Weights.Values) weight.requires_grad_(true);
        return new Policy(batch => network.Logits(ScoredStates(network, batch)),
            [.. network.Weights.OrderBy(weight => weight.Key, StringComparer.Ordinal).Select(weight => (weight.Key, weight.Value))]);
    }

    /// <summary>
    /// The states before scored tokens, [S, C]. The head is the most expensive product, so all others are left out.
    /// </summary>
    public static Tensor ScoredStates(Transformer network, SequenceBatch batch)
    {
        using var scope = NewDisposeScope();
        var states = network.States(batch.Tokens, batch.Mask); // [R, T, C]
        var before = states.narrow(1, 0, batch.Width - 1).reshape(-1, states.shape[2]); // [R * (T-1), C]
        return before.index_select(0, batch.Scored).MoveToOuterDisposeScope();
    }
}
