// peft's adapter_config.json for LoRA (https://arxiv.org/abs/2106.09685), with peft's default for every field. Reads every field that
// changes the numbers, refuses unsupported ones by name. Source: huggingface/peft, tuners/lora/config.py and tuners/tuners_utils.py.
// Knows no tensors.
using System.Collections.Immutable;
using System.Text.Json;
using System.Text.RegularExpressions;
using Majlis.Model.Weights;
using Majlis.Text;

namespace Majlis.Model.Adapters;

/// <summary>
/// What initialisation moved from the base weight W into the adapter, so that W becomes W - s B0 A0: nothing; the largest singular parts
/// (PiSSA, https://arxiv.org/abs/2404.02948); the first columns' span (OLoRA, https://arxiv.org/abs/2406.01775).
/// </summary>
public enum AdapterStart { Nothing, SingularParts, FirstColumns }

public sealed partial record AdapterConfig
{
    public const string FileName = "adapter_config.json";

    /// <summary>Fields that only name things or matter only in training.</summary>
    static readonly string[] texts = ["task_type", "base_model_name_or_path", "revision", "peft_version", "megatron_core"];
    static readonly string[] objects = ["auto_mapping", "megatron_config", "loftq_config", "eva_config", "corda_config", "lora_ga_config",
        "runtime_config"];

    /// <summary>Features of peft that change the numbers and are not supported.</summary>
    static readonly string[] unsupported = ["trainable_token_indices", "layer_replication", "target_parameters", "alora_invocation_tokens",
        "use_qalora", "lora_bias", "monteclora_config", "use_bdlora", "arrow_config", "kasa_config", "velora_config",
        "ensure_weight_tying"];

    /// <summary>r: the rank of modules that no pattern names.</summary>
    public required int Rank { get; init; }

    /// <summary>lora_alpha, for modules that no pattern names.</summary>
    public required double Alpha { get; init; }

    public ImmutableArray<(ModuleNames Modules, int Value)> RankPattern { get; init; } = [];
    public ImmutableArray<(ModuleNames Modules, double Value)> AlphaPattern { get; init; } = [];

    /// <summary>Scales by alpha / sqrt(rank) instead of alpha / rank (https://arxiv.org/abs/2312.03732).</summary>
    public bool UseRsLora { get; init; }

    /// <summary>Each row of the sum has its own magnitude (https://arxiv.org/abs/2402.09353).</summary>
    public bool UseDora { get; init; }

    /// <summary>These modules' weights may be stored as [inputs, outputs].</summary>
    public bool FanInFanOut { get; init; }

    /// <summary>none, all or lora_only: the biases that were trained and are in the file.</summary>
    public string Bias { get; init; } = "none";

    /// <summary>Fully trained modules, whose weights are in the file.</summary>
    public ModuleNames? ModulesToSave { get; init; }

    public AdapterStart Start { get; init; }

    /// <summary>Null: peft's choice for the architecture.</summary>
    public ModuleNames? TargetModules { get; init; }

    public ModuleNames? ExcludeModules { get; init; }
    public ImmutableArray<int>? LayersToTransform { get; init; }
    public ImmutableArray<string> LayersPattern { get; init; } = [];

    /// <summary>Deltas of the modules with these last names, and nothing else.</summary>
    public static AdapterConfig Plain(int rank, double alpha, ImmutableArray<string> targets) =>
        new() { Rank = rank, Alpha = alpha, TargetModules = ModuleNames.Of(targets) };

    /// <exception cref="ModelFormatException">Not JSON, or a field that is wrong or not supported; names file and field.</exception>
    public static AdapterConfig Read(string path)
    {
        using var document = ModelJson.Read(path);
        return Read(document.RootElement, path);
    }

    /// <exception cref="ModelFormatException">A field is wrong or not supported; the message begins with
    /// <paramref name="place"/>.</exception>
    public static AdapterConfig Read(JsonElement json, string place)
    {
        if (json.ValueKind != JsonValueKind.Object)
            throw new ModelFormatException($"{place}: expected a JSON object, not {json.ValueKind}");
        var fields = new AdapterFields(json, place);
        foreach (var name in unsupported) fields.Off(name);
        foreach (var name in texts) _ = fields.Text(name);
        foreach (var name in objects) fields.Object(name);
        _ = (fields.Number("lora_dropout", 0), fields.Flag("inference_mode"), fields.Size("qalora_group_size", 16));
        var config = new AdapterConfig
        {
            Rank = fields.Size("r", 8),
            Alpha = fields.Number("lora_alpha", 8),
            RankPattern = fields.Patterns("rank_pattern", fields.Size),
            AlphaPattern = fields.Patterns("alpha_pattern", fields.Number),
            UseRsLora = fields.Flag("use_rslora"),
            UseDora = fields.Flag("use_dora"),
            FanInFanOut = fields.Flag("fan_in_fan_out"),
            Bias = ReadBias(fields),
            ModulesToSave = fields.Texts("modules_to_save") is { IsEmpty: false } saved ? ModuleNames.Of(saved) : null,
            Start = ReadStart(fields, place),
            TargetModules = fields.Names("target_modules"),
            ExcludeModules = fields.Names("exclude_modules"),
            LayersToTransform = fields.Layers("layers_to_transform") is { IsEmpty: false } layers ? layers : null,
            LayersPattern = fields.Find("layers_pattern") is { ValueKind: JsonValueKind.String } one ? OneOrNone(one.GetString()!)
                : fields.Texts("layers_pattern", "a name, or a list of names") ?? [],
        };
        if (fields.Text("peft_type") is not "LORA")
            throw new ModelFormatException($"{place}: peft_type is {fields.Text("peft_type") ?? "missing"}, expected LORA");
        config.CheckLayers(place);
        fields.Done();
        return config;
    }

    static ImmutableArray<string> OneOrNone(string text) => text.Length == 0 ? [] : [text];

    static string ReadBias(AdapterFields fields) => fields.Text("bias") switch
    {
        null => "none",
        "none" or "all" or "lora_only" => fields.Text("bias")!,
        _ => throw fields.Wrong("bias", fields.Find("bias")!.Value, "none, all or lora_only"),
    };

    static AdapterStart ReadStart(AdapterFields fields, string place)
    {
        if (fields.Find("init_lora_weights") is not { } value || value.ValueKind is JsonValueKind.True or JsonValueKind.False)
            return AdapterStart.Nothing;
        var text = value.ValueKind == JsonValueKind.String ? value.GetString()! : throw fields.Wrong("init_lora_weights", value,
            "true, false or a name");
        return text switch
        {
            "pissa" => AdapterStart.SingularParts,
            _ when text.ToLowerInvariant() is "olora" => AdapterStart.FirstColumns,
            _ when text.ToLowerInvariant() is "gaussian" or "mica" || text is "eva" or "orthogonal" => AdapterStart.Nothing,
            _ when DrawnStart().IsMatch(text) => throw new ModelFormatException(
                $"{place}: init_lora_weights is {text}: what it took from the base weights is not in the files; " +
                "convert the adapter with peft's path_initial_model_for_weight_conversion"),
            _ => throw fields.Wrong("init_lora_weights", value, "true, false, gaussian, pissa, olora, eva, orthogonal or mica"),
        };
    }

    /// <summary>Starts by random iterations, covariances, gradients or quantised bases cannot be recomputed from the weights.</summary>
    [GeneratedRegex(@"^(pissa_niter_[0-9]+|corda|lora_ga|loftq)\z")]
    private static partial Regex DrawnStart();

    void CheckLayers(string place)
    {
        if (TargetModules is { IsPattern: true } && LayersToTransform is not null)
            throw new ModelFormatException($"{place}: layers_to_transform needs target_modules to be a list of names, not a pattern");
        if (!LayersPattern.IsEmpty && LayersToTransform is null)
            throw new ModelFormatException($"{place}: layers_pattern needs layers_to_transform");
    }
}
