// What an adapter's config asks of a network: which modules get factors, which tensors are trained whole, and peft's names for all of them.
// Knows no values.
using Majlis.Model;
using Majlis.Model.Adapters;
using Majlis.Text;

namespace Majlis.Torch;

sealed class AdapterPlan
{
    const string Prefix = "base_model.model.", Weight = ".weight", Bias = ".bias";

    readonly string? embedding;

    AdapterPlan(Blueprint blueprint, AdapterConfig config)
    {
        Config = config;
        embedding = blueprint.Embedding.EndsWith(Weight, StringComparison.Ordinal) ? blueprint.Embedding[..^Weight.Length] : null;
        foreach (var (module, size) in Candidates(blueprint))
            if (config.LeftOutBy(module) is null && !(module == embedding && config.TargetModules!.IsAllLinear)) Sizes[module] = size;
        var tensors = blueprint.Tensors().Keys;
        Whole = [.. tensors.Where(tensor => IsSaved(tensor) || IsTrainedBias(tensor)).Order(StringComparer.Ordinal)];
    }

    public AdapterConfig Config { get; }

    /// <summary>Modules with factors; of an embedding the inputs are its rows.</summary>
    public SortedDictionary<string, (int Outputs, int Inputs)> Sizes { get; } = new(StringComparer.Ordinal);

    /// <summary>The model's tensors that are trained whole.</summary>
    public IReadOnlyList<string> Whole { get; }

    /// <param name="blueprint">The network's.</param>
    /// <param name="config">What is adapted; without target_modules peft's choice for the family.</param>
    /// <param name="strict">Whether each name must be a module's; peft asks that of new adapters only as a whole.</param>
    /// <exception cref="ModelFormatException">The config asks for what the network does not have.</exception>
    public static AdapterPlan Of(Blueprint blueprint, AdapterConfig config, bool strict)
    {
        var targets = config.TargetModules ?? AdapterTargets.Default(blueprint.Family) ?? throw new ModelFormatException(
            $"{AdapterConfig.FileName}: target_modules is missing, and peft has no default for model_type '{blueprint.Family}'");
        var plan = new AdapterPlan(blueprint, config with { TargetModules = targets });
        var names = Candidates(blueprint).Select(candidate => candidate.Module).ToArray();
        foreach (var name in targets.Names)
            if (strict && !Array.Exists(names, module => ModuleNames.Of([name]).Contain(module)))
                throw new ModelFormatException($"LoRA target module '{name}' is not in a {blueprint.Family} network.");
        if (plan.Sizes.Count == 0)
            throw new ModelFormatException($"{AdapterConfig.FileName}: target_modules names no module of a {blueprint.Family} network.");
        foreach (var name in config.ModulesToSave?.Names ?? [])
            if (!plan.Whole.Any(tensor => IsWithin(tensor, name)))
                throw new ModelFormatException($"{AdapterConfig.FileName}: modules_to_save names '{name}', which a {blueprint.Family} "
                    + "network " + (blueprint.IsTied && name == "lm_head" ? "with tied embeddings does not have apart" : "does not have"));
        return plan;
    }

    public bool IsEmbedding(string module) => module == embedding;

    /// <summary>The module of a table of embeddings; null where it is none that can be adapted.</summary>
    public string? EmbeddingOf(string tensor) => embedding is not null && tensor == embedding + Weight ? embedding : null;

    /// <summary>peft's names of a module's A, B and magnitude.</summary>
    public string[] NamesOf(string module) => IsEmbedding(module)
        ? [$"{Prefix}{module}.lora_embedding_A", $"{Prefix}{module}.lora_embedding_B", .. Magnitude(module)]
        : [$"{Prefix}{module}.lora_A.weight", $"{Prefix}{module}.lora_B.weight", .. Magnitude(module)];

    /// <summary>peft's name of a tensor trained whole: a bias of an adapted module stands within its base layer.</summary>
    public string NameOfWhole(string tensor) => tensor.EndsWith(Bias, StringComparison.Ordinal) && Sizes.ContainsKey(tensor[..^Bias.Length])
        ? $"{Prefix}{tensor[..^Bias.Length]}.base_layer{Bias}" : Prefix + tensor;

    /// <exception cref="ModelFormatException">The adapter was made for another network.</exception>
    public void CheckFits(Blueprint blueprint)
    {
        var sizes = Candidates(blueprint).ToDictionary(candidate => candidate.Module, candidate => candidate.Size);
        foreach (var (module, (outputs, inputs)) in Sizes)
            if (!sizes.TryGetValue(module, out var size) || size != (outputs, inputs))
                throw new ModelFormatException(
                    $"The adapter's module '{module}' [{outputs}, {inputs}] is not in this {blueprint.Family} network.");
    }

    string[] Magnitude(string module) => Config.UseDora ? [$"{Prefix}{module}.lora_magnitude_vector"] : [];

    bool IsSaved(string tensor) => Config.ModulesToSave?.Names.Any(name => IsWithin(tensor, name)) == true;

    bool IsTrainedBias(string tensor) => tensor.EndsWith(Bias, StringComparison.Ordinal)
        && (Config.Bias == "all" || Config.Bias == "lora_only" && Sizes.ContainsKey(tensor[..^Bias.Length]));

    static bool IsWithin(string tensor, string name) => $".{tensor}".Contains($".{name}.", StringComparison.Ordinal);

    static IEnumerable<(string Module, (int Outputs, int Inputs) Size)> Candidates(Blueprint blueprint)
    {
        var projections = blueprint.Layers.SelectMany(Projections);
        if (blueprint.Head is { } head && !blueprint.IsTied) projections = projections.Append(head);
        var modules = projections.DistinctBy(projection => projection.Module)
            .Select(projection => (projection.Module, (projection.TensorRows, projection.Inputs)));
        return blueprint.Embedding.EndsWith(Weight, StringComparison.Ordinal)
            ? modules.Append((blueprint.Embedding[..^Weight.Length], (blueprint.HiddenSize, blueprint.VocabularySize))) : modules;
    }

    static IEnumerable<Projection> Projections(LayerBlueprint layer)
    {
        Projection?[] all = [layer.Attention.Query, layer.Attention.Key, layer.Attention.Value, layer.Attention.Output, layer.Mlp.Gate,
            layer.Mlp.Up, layer.Mlp.Down];
        return all.OfType<Projection>();
    }
}
