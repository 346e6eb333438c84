// An adapter's numbers as networks serve them: for each adapted module two low-rank factors, whose product is added to its output.
// Reads peft's folder. Computes nothing.
using System.Collections.Immutable;
using Majlis.Model.Weights;
using Majlis.Text;

namespace Majlis.Model.Adapters;

/// <summary>
/// y += Up (Down x) (https://arxiv.org/abs/2106.09685): Down is lora_A [rank, inputs], Up is lora_B [outputs, rank] times the scale.
/// </summary>
public sealed record LowRankPair(int Rank, int Inputs, int Outputs, float[] Down, float[] Up);

/// <summary>Pairs by full module name ("model.layers.0.self_attn.q_proj"). Immutable.</summary>
public sealed class LowRankAdapter(IReadOnlyDictionary<string, LowRankPair> pairs)
{
    public const string FileName = "adapter_model.safetensors";

    public IReadOnlyDictionary<string, LowRankPair> Pairs { get; } = pairs;

    /// <summary>Reads adapter_config.json and adapter_model.safetensors.</summary>
    /// <exception cref="ModelFormatException">
    /// A file is missing, the adapter was made for another network, or is more than low-rank factors; names file and field or tensor.
    /// </exception>
    public static LowRankAdapter Open(string folder, Blueprint blueprint)
    {
        var path = Path.Combine(folder, FileName);
        var config = AdapterConfig.Read(Path.Combine(folder, AdapterConfig.FileName));
        if (!File.Exists(path)) throw new ModelFormatException($"There is no adapter: {path} is missing.");
        using var file = SafetensorsFile.Open(path);
        return Read(blueprint, config, file, path);
    }

    /// <param name="blueprint">The network that will be adapted.</param>
    /// <param name="config">Which modules, how scaled.</param>
    /// <param name="source">Tensors under peft's names.</param>
    /// <param name="place">What messages begin with.</param>
    /// <exception cref="ModelFormatException">As <see cref="Open"/>.</exception>
    public static LowRankAdapter Read(Blueprint blueprint, AdapterConfig config, IWeightSource source, string place)
    {
        Refuse(config, place);
        config = config with
        {
            TargetModules = config.TargetModules ?? AdapterTargets.Default(blueprint.Family)
                ?? throw new ModelFormatException($"{place}: target_modules is missing, and peft has no default for {blueprint.Family}."),
        };
        var reader = new LowRankReader(source, config, place);
        var pairs = new Dictionary<string, LowRankPair>(StringComparer.Ordinal);
        foreach (var (module, size) in Sizes(blueprint))
            if (reader.Find(module, size.Outputs, size.Inputs) is { } pair) pairs.Add(module, pair);
        reader.CheckAllRead();
        if (pairs.Count == 0)
            throw new ModelFormatException($"{place}: the file holds no factors; a model with this adapter would answer as without it.");
        return new LowRankAdapter(pairs);
    }

    /// <exception cref="ModelFormatException">The adapter was made for another network.</exception>
    public void CheckFits(Blueprint blueprint)
    {
        var sizes = Sizes(blueprint);
        foreach (var (module, pair) in Pairs)
            if (!sizes.TryGetValue(module, out var size) || size != (pair.Outputs, pair.Inputs))
                throw new ModelFormatException(
                    $"The adapter's module '{module}' [{pair.Outputs}, {pair.Inputs}] is not in this {blueprint.Family} network.");
    }

    static Dictionary<string, (int Outputs, int Inputs)> Sizes(Blueprint blueprint)
    {
        var sizes = new Dictionary<string, (int, int)>(StringComparer.Ordinal);
        foreach (var layer in blueprint.Layers)
            foreach (var projection in ((ImmutableArray<Projection?>)[layer.Attention.Query, layer.Attention.Key, layer.Attention.Value,
                layer.Attention.Output, layer.Mlp.Gate, layer.Mlp.Up, layer.Mlp.Down]).OfType<Projection>())
                sizes[projection.Module] = (projection.TensorRows, projection.Inputs);
        return sizes;
    }

    static void Refuse(AdapterConfig config, string place)
    {
        (string Field, bool Is)[] more =
        [
            ("use_dora", config.UseDora), ("bias", config.Bias != "none"), ("modules_to_save", config.ModulesToSave is not null),
            ("init_lora_weights", config.Start != AdapterStart.Nothing),
        ];
        if (more.FirstOrDefault(field => field.Is) is { Field: { } name })
            throw new ModelFormatException(
                $"{place}: {name} asks for more than low-rank factors; merge this adapter into its base and serve the result.");
    }
}
