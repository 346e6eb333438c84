// The network of a stage, opened for training: all weights as fp32 masters, or frozen ones with an adapter on them. Knows no data and no
// loss.
using System.Text.Json;
using System.Text.Json.Nodes;
using Majlis.Model;
using Majlis.Model.Adapters;
using Majlis.Model.Weights;
using Majlis.Text;
using Majlis.Torch;
using Majlis.Torch.Packed;
using Majlis.Trainer.Sequences;
using static TorchSharp.torch;

namespace Majlis.Trainer.Stages;

public sealed class StageNetwork : IDisposable
{
    readonly Dictionary<string, Tensor> weights;

    StageNetwork(Checkpoint checkpoint, Dictionary<string, Tensor> weights, PackedTransformer network)
    {
        (Checkpoint, this.weights, Network) = (checkpoint, weights, network);
    }

    public Checkpoint Checkpoint { get; }

    public PackedTransformer Network { get; }

    /// <summary>Null where all weights are trained.</summary>
    public LoraAdapter? Adapter { get; private init; }

    /// <summary>The adapter's config for its folder.</summary>
    public JsonObject? AdapterJson { get; private init; }

    /// <summary>What is trained, under the names of the file that keeps it.</summary>
    public IReadOnlyList<(string Name, Tensor Value)> Parameters { get; private init; } = [];

    public Policy Policy => PackedPolicy.Of(Network, Parameters);

    /// <param name="checkpoint">The model; the caller's.</param>
    /// <param name="options">Adapter and numerics.</param>
    /// <exception cref="ModelFormatException">The network or the adapter cannot be trained.</exception>
    public static StageNetwork Open(Checkpoint checkpoint, TunedOptions options)
    {
        var products = options.Numerics == "bf16" ? ScalarType.BFloat16 : ScalarType.Float32;
        var json = AdapterConfigOf(checkpoint, options);
        var weights = PackedTransformer.Load(
            checkpoint.Blueprint, checkpoint.Weights, json is null ? ScalarType.Float32 : products);
        var network = new PackedTransformer(checkpoint.Blueprint, weights, products) { Recomputes = options.Recompute };
        if (json is null)
        {
            foreach (var weight in weights.Values) weight.requires_grad_(true);
            return new StageNetwork(checkpoint, weights, network)
            {
                Parameters =
                    [.. weights.OrderBy(weight => weight.Key, StringComparer.Ordinal).Select(weight => (weight.Key, weight.Value))],
            };
        }
        var adapter = AdapterOf(checkpoint, options, json, weights);
        network.Attach(adapter);
        return new StageNetwork(checkpoint, weights, network)
        {
            Adapter = adapter,
            AdapterJson = json,
            Parameters = [.. adapter.NamedParameters],
        };
    }

    /// <summary>A reference: nothing is trained.</summary>
    public static StageNetwork Frozen(Checkpoint checkpoint, string numerics)
    {
        var products = numerics == "bf16" ? ScalarType.BFloat16 : ScalarType.Float32;
        var weights = PackedTransformer.Load(checkpoint.Blueprint, checkpoint.Weights, products);
        return new StageNetwork(checkpoint, weights, new PackedTransformer(checkpoint.Blueprint, weights, products));
    }

    public void Dispose()
    {
        Adapter?.Dispose();
        foreach (var weight in weights.Values) weight.Dispose();
    }

    static JsonObject? AdapterConfigOf(Checkpoint checkpoint, TunedOptions options)
    {
        if (options.Lora is { } settings)
            return settings.ToJson(options.Model, checkpoint.Blueprint.HeadKind == HeadKind.Score ? "SEQ_CLS" : "CAUSAL_LM");
        if (options.Adapter is not { } folder) return null;
        var path = Path.Combine(folder, AdapterConfig.FileName);
        using var document = ModelJson.Read(path);
        return JsonObject.Create(document.RootElement.Clone()) ?? throw new ModelFormatException($"{path}: expected a JSON object.");
    }

    static LoraAdapter AdapterOf(Checkpoint checkpoint, TunedOptions options, JsonObject json, Dictionary<string, Tensor> weights)
    {
        using var document = JsonDocument.Parse(json.ToJsonString());
        if (options.Adapter is not { } folder)
            return LoraAdapter.Create(checkpoint.Blueprint, AdapterConfig.Read(document.RootElement, "lora"), (ulong)options.Seed, weights);
        var path = Path.Combine(folder, StageFolder.AdapterWeights);
        if (!File.Exists(path)) throw new ModelFormatException($"{folder}: has no {StageFolder.AdapterWeights}.");
        using var file = SafetensorsFile.Open(path);
        return LoraAdapter.Read(checkpoint.Blueprint, AdapterConfig.Read(Path.Combine(folder, AdapterConfig.FileName)), file);
    }
}
