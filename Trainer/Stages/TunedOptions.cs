// What stages that tune a model by preference can be told besides: an adapter instead of all weights, a reference, numerics.
using System.Text.Json.Serialization;
using Majlis.Trainer.Recipes;

namespace Majlis.Trainer.Stages;

public abstract record TunedOptions : StageOptions
{
    [Means("Trains an adapter instead of all weights; its keys are those below.", Trl = "use_peft")]
    public LoraSettings? Lora { get; init; }

    [Means("A folder with an adapter in peft's format to go on training.")]
    public string? Adapter { get; init; }

    [Means("What products compute in; all that is trained is fp32.", Trl = "bf16", OneOf = ["fp32", "bf16"])]
    public string Numerics { get; init; } = "fp32";

    [Means("Computes each layer again for its gradient, which takes less memory and a third more time.", Trl = "gradient_checkpointing")]
    public bool Recompute { get; init; }

    [Means("Epochs whose results stay in FOLDER/epochs.", AtLeast = 0)]
    public int KeepEpochs { get; init; }

    /// <summary>bf16 products round by the batch's shape: 8 bits over some hundred tokens.</summary>
    [JsonIgnore]
    public double SelfTestTolerance => Numerics == "fp32" ? 1e-2 : 2;

    public override IEnumerable<string> Problems()
    {
        foreach (var problem in base.Problems()) yield return problem;
        if (Adapter is not null && Lora is not null) yield return "adapter: it has its own settings; leave out lora, or begin a new one.";
        if (Adapter is { } folder && !Directory.Exists(folder)) yield return $"adapter: there is no folder '{folder}'.";
    }
}
