// What every stage of training can be told: model, data, length and rate of the run, optimiser, numerics, checkpoints. With equal data,
// weights and threads, equal options give equal bits.
using System.Text.Json.Serialization;
using Majlis.Hub;
using Majlis.Trainer.Optimization;
using Majlis.Trainer.Recipes;

namespace Majlis.Trainer.Stages;

public abstract record StageOptions
{
    [Means("A folder of the Hugging Face layout, a .gguf file, or ORG/NAME of its hub.", Trl = "model_name_or_path")]
    public required string Model { get; init; }

    [Means("Files of rows, JSONL or Parquet.", Trl = "dataset_name")]
    public required string[] Data { get; init; }

    [Means("Tokens of a row; longer ones are cut.", AtLeast = 2)]
    public int MaxLength { get; init; } = 1024;

    [Means("Micro-batches per optimiser step.", Trl = "gradient_accumulation_steps", AtLeast = 1)]
    public int Accumulation { get; init; } = 1;

    [Means("How often all rows are seen.", Trl = "num_train_epochs", AtLeast = 1)]
    public int Epochs { get; init; } = 1;

    [Means("Optimiser steps, instead of epochs.", Trl = "max_steps", AtLeast = 1)]
    public int? Steps { get; init; }

    [Means("The largest learning rate.", AtLeast = 0, AtMost = 10)]
    public double LearningRate { get; init; }

    [Means("Where cosine_with_min_lr and warmup_stable_decay end.", Trl = "min_lr", AtLeast = 0, AtMost = 10)]
    public double LeastLearningRate { get; init; }

    [Means("The learning rate's course, under transformers' names.", Trl = "lr_scheduler_type", OneOf = ["linear", "cosine", "constant",
        "constant_with_warmup", "cosine_with_restarts", "polynomial", "inverse_sqrt", "cosine_with_min_lr", "warmup_stable_decay"])]
    public string Schedule { get; init; } = "linear";

    [Means("Steps in which the learning rate rises from 0.", AtLeast = 0)]
    public int WarmupSteps { get; init; }

    [Means("The last steps, in which warmup_stable_decay falls.", AtLeast = 0)]
    public int DecaySteps { get; init; }

    [Means("AdamW, or Muon for the layers' matrices and AdamW for all else.", Trl = "optim", OneOf = ["adamw", "muon"])]
    public string Optimizer { get; init; } = "adamw";

    [Means("Bits in which the optimiser's moments are kept between steps; how far results drift stands below.",
        OneOf = ["fp32", "bf16", "8bit"])]
    public string OptimizerState { get; init; } = "fp32";

    [Means("AdamW's first decay.", Trl = "adam_beta1", AtLeast = 0, AtMost = 0.9999999)]
    public double Beta1 { get; init; } = 0.9;

    [Means("AdamW's second decay.", Trl = "adam_beta2", AtLeast = 0, AtMost = 0.9999999)]
    public double Beta2 { get; init; } = 0.999;

    [Means("Decoupled decay of all weights but norms and biases.", AtLeast = 0, AtMost = 1e3)]
    public double WeightDecay { get; init; }

    [Means("Longer gradients are scaled down to this norm; 0 = none are.", Trl = "max_grad_norm", AtLeast = 0, AtMost = 1e9)]
    public double MaxGradientNorm { get; init; } = 1;

    [Means("Of the rows' order and of what begins random.")]
    public int Seed { get; init; } = 1;

    [Means("Whether each epoch has an order of its own.")]
    public bool Shuffle { get; init; } = true;

    [Means("Optimiser steps between two checkpoints.", Trl = "save_steps", AtLeast = 1)]
    public int SaveEvery { get; init; } = 50;

    [Means("Checkpoints that stay.", Trl = "save_total_limit", AtLeast = 1)]
    public int Keep { get; init; } = 3;

    [JsonIgnore]
    public OptimizerOptions Updates => new(Beta1, Beta2, WeightDecay: WeightDecay, Muon: Optimizer == "muon",
        Form: OptimizerState switch { "bf16" => MomentForm.Bf16, "8bit" => MomentForm.Block8, _ => MomentForm.Fp32 });

    /// <summary>Rows a micro-batch.</summary>
    [JsonIgnore]
    public abstract int BatchItems { get; }

    [JsonIgnore]
    public LoopOptions Loop => new()
    {
        Updates = Updates,
        LearningRate = LearningRate,
        LeastLearningRate = LeastLearningRate,
        Schedule = Schedule,
        WarmupSteps = WarmupSteps,
        DecaySteps = DecaySteps,
        Epochs = Epochs,
        Steps = Steps,
        BatchItems = BatchItems,
        Accumulation = Accumulation,
        MaxGradientNorm = MaxGradientNorm,
        Seed = Seed,
        Shuffle = Shuffle,
        Keep = Keep,
    };

    /// <summary>What is wrong beyond single values, a line each, beginning with the key.</summary>
    public virtual IEnumerable<string> Problems()
    {
        if (!Path.Exists(Model) && HubName.TryParse(Model) is null)
            yield return $"model: there is no file or folder '{Model}', and it is no ORG/NAME of the hub.";
        if (Data.Length == 0) yield return "data: names no file.";
        foreach (var file in Data.Where(file => !File.Exists(file))) yield return $"data: there is no file '{file}'.";
        if (LeastLearningRate > LearningRate)
            yield return FormattableString.Invariant(
                $"least_learning_rate: {LeastLearningRate} is above the learning rate {LearningRate}.");
        if (LeastLearningRate > 0 && Schedule is not ("cosine_with_min_lr" or "warmup_stable_decay"))
            yield return $"least_learning_rate: the schedule {Schedule} has none; cosine_with_min_lr and warmup_stable_decay have.";
        if (Schedule == "polynomial" && LearningRate > 0 && LearningRate <= Optimization.LearningRate.PolynomialEnd)
            yield return FormattableString.Invariant(
                $"learning_rate: {LearningRate} is not above {Optimization.LearningRate.PolynomialEnd}, where polynomial ends.");
        if (DecaySteps > 0 && Schedule != "warmup_stable_decay")
            yield return $"decay_steps: the schedule {Schedule} has none; warmup_stable_decay has.";
    }
}
