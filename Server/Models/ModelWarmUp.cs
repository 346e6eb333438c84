// A loaded model's first step, before anybody waits for it: the cache is allocated, one token computed and looked at.
using System.Collections.Immutable;
using Majlis.Inference;
using Majlis.Model;
using Majlis.Text;

namespace Majlis.Server.Models;

static class ModelWarmUp
{
    /// <summary>Makes the model ready to answer. Nobody may have leased it yet: the step writes into the cache's first blocks.</summary>
    /// <exception cref="ModelFormatException">It computes no finite numbers, or its cache does not fit.</exception>
    public static LoadedModel WarmUp(this LoadedModel model, EngineOptions options)
    {
        model.Prepare(options);
        var blueprint = model.Network.Blueprint;
        ImmutableArray<ImmutableArray<int>> first = [.. blueprint.CacheGroups.Select(_ => ImmutableArray.Create(0))];
        var step = new ForwardBatch { Tokens = [0], Positions = [0], Spans = [new SequenceSpan(0, 1, 0, first)] };
        using var result = model.Network.Forward(step);
        var logits = new float[blueprint.VocabularySize];
        result.ReadLogits(0, logits);
        return logits.All(float.IsFinite) ? model
            : throw new ModelFormatException($"The weights of {model.Version} compute no finite numbers for a single token.");
    }
}
