// A transformer of which every weight is trained, as in TRL's runs without an adapter. It must compute in fp32.
using Majlis.Torch;
using Majlis.Trainer.Preference;

namespace Majlis.tests.Trainer;

static class WholePolicy
{
    public static Policy Of(Transformer network)
    {
        foreach (var weight in network.Weights.Values) weight.requires_grad_(true);
        return new Policy(batch => network.Logits(TorchPolicy.ScoredStates(network, batch)),
            [.. network.Weights.OrderBy(weight => weight.Key, StringComparer.Ordinal).Select(weight => (weight.Key, weight.Value))]);
    }
}
