// An adapter's configuration: rank, alpha, target modules; reads and writes peft's adapter_config.json. Knows no tensors.
using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Majlis.Model;
using Majlis.Model.Adapters;
using Majlis.Text;

namespace Majlis.Torch;

/// <param name="Rank">r.</param>
/// <param name="Alpha">lora_alpha; deltas are scaled by alpha / rank.</param>
/// <param name="TargetModules">Last names of modules, such as q_proj.</param>
public sealed record LoraConfig(int Rank, double Alpha, ImmutableArray<string> TargetModules)
{
    /// <summary>Scales by alpha / sqrt(rank) instead (https://arxiv.org/abs/2312.03732).</summary>
    public bool UseRsLora { get; init; }

    public static ImmutableArray<string> AllLinear { get; } =
        ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"];

    internal static string TensorName(string module, string letter) => $"base_model.model.{module}.lora_{letter}.weight";

    public double Scale => Alpha / (UseRsLora ? Math.Sqrt(Rank) : Rank);

    /// <summary>The network's target modules with their tensors' sizes.</summary>
    /// <exception cref="ModelFormatException">A target matches no module of the network.</exception>
    public SortedDictionary<string, (int Outputs, int Inputs)> ModulesOf(Blueprint blueprint)
    {
        var modules = new SortedDictionary<string, (int, int)>(StringComparer.Ordinal);
        var matched = new HashSet<string>();
        foreach (var projection in blueprint.Layers.SelectMany(Projections))
        {
            var target = TargetModules.FirstOrDefault(name => projection.Module == name
                || projection.Module.EndsWith("." + name, StringComparison.Ordinal));
            if (target is null) continue;
            matched.Add(target);
            modules[projection.Module] = (projection.TensorRows, projection.Inputs);
        }
        if (TargetModules.FirstOrDefault(name => !matched.Contains(name)) is { } unknown)
            throw new ModelFormatException($"LoRA target module '{unknown}' is not in a {blueprint.Family} network.");
        return modules;
    }

    static IEnumerable<Projection> Projections(LayerBlueprint layer)
    {
        Projection?[] all = [layer.Attention.Query, layer.Attention.Key, layer.Attention.Value, layer.Attention.Output, layer.Mlp.Gate,
            layer.Mlp.Up, layer.Mlp.Down];
        return all.OfType<Projection>();
    }

    /// <summary>peft's adapter_config.json.</summary>
    public string ToJson(string baseModel) => new JsonObject
    {
        ["peft_type"] = "LORA",
        ["task_type"] = "CAUSAL_LM",
        ["base_model_name_or_path"] = baseModel,
        ["r"] = Rank,
        ["lora_alpha"] = Alpha == Math.Floor(Alpha) ? JsonValue.Create((long)Alpha) : JsonValue.Create(Alpha),
        ["lora_dropout"] = 0.0,
        ["bias"] = "none",
        ["use_rslora"] = UseRsLora,
        ["use_dora"] = false,
        ["fan_in_fan_out"] = false,
        ["inference_mode"] = true,
        ["target_modules"] = new JsonArray([.. TargetModules.Select(name => (JsonNode)name)]),
    }.ToJsonString(new JsonSerializerOptions { WriteIndented = true });

    /// <summary>
    /// Reads adapter_config.json. A setting that would change the result and is not plain LoRA is an error that names the field.
    /// </summary>
    /// <exception cref="ModelFormatException">Not a plain LoRA adapter.</exception>
    public static LoraConfig FromJson(JsonElement json)
    {
        const string Place = "adapter_config";
        var config = AdapterConfig.Read(json, Place);
        (string Field, bool IsPlain)[] rest =
        [
            ("use_dora", !config.UseDora), ("fan_in_fan_out", !config.FanInFanOut), ("bias", config.Bias == "none"),
            ("modules_to_save", config.ModulesToSave is null), ("layers_to_transform", config.LayersToTransform is null),
            ("rank_pattern", config.RankPattern.IsEmpty), ("alpha_pattern", config.AlphaPattern.IsEmpty),
            ("exclude_modules", config.ExcludeModules is null), ("init_lora_weights", config.Start == AdapterStart.Nothing),
            ("target_modules", config.TargetModules is { IsPattern: false }),
        ];
        if (rest.FirstOrDefault(field => !field.IsPlain) is { Field: { } name })
            throw new ModelFormatException(
                $"{Place}: {name} asks for more than plain LoRA over a list of modules, which is not supported here.");
        return new LoraConfig(config.Rank, config.Alpha, [.. config.TargetModules!.Names.Order(StringComparer.Ordinal)])
        {
            UseRsLora = config.UseRsLora,
        };
    }
}
