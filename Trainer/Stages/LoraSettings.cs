// The adapter that a stage trains instead of all weights, as its recipe says it; written as peft's adapter_config.json.
using System.Buffers;
using System.Text.Json.Nodes;
using Majlis.Trainer.Recipes;

namespace Majlis.Trainer.Stages;

public sealed record LoraSettings
{
    static readonly SearchValues<char> patternSigns = SearchValues.Create(@"*+?[](){}|\^$");

    [Means("Rank of the factors.", Trl = "lora_r", AtLeast = 1)]
    public int Rank { get; init; } = 16;

    [Means("The deltas are scaled by alpha / rank.", Trl = "lora_alpha", AtLeast = 0, Above = true)]
    public double Alpha { get; init; } = 32;

    [Means("Names of modules, one regular expression, or all-linear.", Trl = "lora_target_modules")]
    public string[] Targets { get; init; } = ["all-linear"];

    [Means("Modules that are left out, names or one regular expression.", Trl = "exclude_modules")]
    public string[] Exclude { get; init; } = [];

    [Means("Scales by alpha / sqrt(rank) instead.", Trl = "use_rslora")]
    public bool Rslora { get; init; }

    [Means("Each row has its own magnitude (DoRA).", Trl = "use_dora")]
    public bool Dora { get; init; }

    [Means("The biases that are trained too.", OneOf = ["none", "all", "lora_only"])]
    public string Bias { get; init; } = "none";

    [Means("Modules that are trained whole.", Trl = "lora_modules_to_save")]
    public string[] ModulesToSave { get; init; } = [];

    [Means("Other ranks by the module's name or regular expression.")]
    public Dictionary<string, int> RankPattern { get; init; } = [];

    [Means("Other alphas by the module's name or regular expression.")]
    public Dictionary<string, double> AlphaPattern { get; init; } = [];

    [Means("Only these layers' modules, by number.")]
    public int[] LayersToTransform { get; init; } = [];

    /// <summary>peft's adapter_config.json.</summary>
    public JsonObject ToJson(string baseModel, string task) => new()
    {
        ["peft_type"] = "LORA",
        ["task_type"] = task,
        ["base_model_name_or_path"] = baseModel,
        ["r"] = Rank,
        ["lora_alpha"] = Number(Alpha),
        ["lora_dropout"] = 0.0,
        ["bias"] = Bias,
        ["use_rslora"] = Rslora,
        ["use_dora"] = Dora,
        ["fan_in_fan_out"] = false,
        ["inference_mode"] = true,
        ["target_modules"] = Names(Targets),
        ["exclude_modules"] = Exclude.Length == 0 ? null : Names(Exclude),
        ["modules_to_save"] = ModulesToSave.Length == 0 ? null : List(ModulesToSave),
        ["rank_pattern"] = new JsonObject(RankPattern.Select(rank => KeyValuePair.Create(rank.Key, (JsonNode?)rank.Value))),
        ["alpha_pattern"] = new JsonObject(AlphaPattern.Select(alpha => KeyValuePair.Create(alpha.Key, (JsonNode?)Number(alpha.Value)))),
        ["layers_to_transform"] = LayersToTransform.Length == 0 ? null
            : new JsonArray([.. LayersToTransform.Select(layer => (JsonNode)layer)]),
    };

    /// <summary>One entry with a regular expression's signs, or all-linear, is a pattern; else all are names.</summary>
    static JsonNode Names(string[] entries) =>
        entries is [var one] && (one == "all-linear" || one.AsSpan().ContainsAny(patternSigns)) ? JsonValue.Create(one) : List(entries);

    static JsonArray List(string[] entries) => new([.. entries.Select(entry => (JsonNode)entry)]);

    static JsonValue Number(double value) => value == Math.Floor(value) ? JsonValue.Create((long)value) : JsonValue.Create(value);
}
