// A stage of full training as its recipe says it: JSON, names in snake case. With equal data, weights and threads, equal options give
// equal bits.
using System.Text.Json.Serialization;
using Majlis.Trainer.Optimization;

namespace Majlis.Trainer.Supervised;

public sealed record SupervisedOptions
{
    /// <summary>A Hugging Face folder: config, tokenizer, chat template, and weights unless <see cref="FromScratch"/>.</summary>
    public required string Model { get; init; }

    /// <summary>JSONL files.</summary>
    public required string[] Data { get; init; }

    /// <summary>Begins with random weights of the config's initializer_range.</summary>
    public bool FromScratch { get; init; }

    /// <summary>What is learnt: <c>completion</c> (in a chat all the assistant says) or <c>text</c>.</summary>
    public string Loss { get; init; } = "completion";

    /// <summary>The share of the prompt's tokens, drawn anew each time, that is learnt besides the completion.</summary>
    public double PromptShare { get; init; }

    /// <summary>What such a token's loss counts; a completion's counts 1.</summary>
    public double PromptWeight { get; init; } = 1;

    /// <summary>TRL's loss_type: <c>nll</c> or <c>dft</c>.</summary>
    public string LossType { get; init; } = "nll";

    /// <summary>Tokens of a row; longer examples are cut.</summary>
    public int MaxLength { get; init; } = 1024;

    /// <summary>Fills rows with several examples, which never see each other.</summary>
    public bool Packing { get; init; }

    /// <summary>Rows per micro-batch.</summary>
    public int BatchRows { get; init; } = 8;

    /// <summary>Micro-batches per optimiser step.</summary>
    public int Accumulation { get; init; } = 1;
    public int Epochs { get; init; } = 1;

    /// <summary>Optimiser steps; null = whole epochs.</summary>
    public int? Steps { get; init; }
    public double LearningRate { get; init; } = 2e-5;

    /// <summary>Where cosine and warmup_stable_decay end.</summary>
    public double LeastLearningRate { get; init; }

    /// <summary>Name of a schedule in <see cref="Optimization.LearningRate"/>.</summary>
    public string Schedule { get; init; } = "cosine_with_min_lr";
    public int WarmupSteps { get; init; }

    /// <summary>The last steps, in which warmup_stable_decay falls.</summary>
    public int DecaySteps { get; init; }

    /// <summary><c>adamw</c>, or <c>muon</c>: the layers' matrices by Muon, all else by AdamW.</summary>
    public string Optimizer { get; init; } = "adamw";
    public double Beta1 { get; init; } = 0.9;
    public double Beta2 { get; init; } = 0.999;
    public double WeightDecay { get; init; }
    public double MaxGradientNorm { get; init; } = 1;

    /// <summary>What products compute in, <c>bf16</c> or <c>fp32</c>; masters and all else are fp32.</summary>
    public string Numerics { get; init; } = "bf16";

    /// <summary>Of the order, the random weights and the prompt's tokens.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>False keeps the rows' own order in every epoch.</summary>
    public bool Shuffle { get; init; } = true;

    /// <summary>Optimiser steps between two checkpoints, and how many of them stay.</summary>
    public int SaveEvery { get; init; } = 200;
    public int Keep { get; init; } = 3;

    [JsonIgnore]
    public OptimizerOptions Updates => new(Beta1, Beta2, WeightDecay: WeightDecay, Muon: Optimizer == "muon");

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
        BatchItems = BatchRows,
        Accumulation = Accumulation,
        MaxGradientNorm = MaxGradientNorm,
        Seed = Seed,
        Shuffle = Shuffle,
        Keep = Keep,
    };

    /// <exception cref="Text.ModelFormatException">All that is wrong with the file, a line each.</exception>
    public static SupervisedOptions Read(string path) => StageRecipe.Read<SupervisedOptions>(path, options => options.Problems());

    public string ToJson() => StageRecipe.Write(this);

    IEnumerable<string> Problems()
    {
        if (!Directory.Exists(Model)) yield return $"model: there is no folder '{Model}'.";
        if (Data.Length == 0) yield return "data: names no file.";
        foreach (var file in Data.Where(file => !File.Exists(file))) yield return $"data: there is no file '{file}'.";
        foreach (var wrong in Wrong("loss", Loss, "completion", "text")) yield return wrong;
        foreach (var wrong in Wrong("loss_type", LossType, "nll", "dft")) yield return wrong;
        foreach (var wrong in Wrong("optimizer", Optimizer, "adamw", "muon")) yield return wrong;
        foreach (var wrong in Wrong("numerics", Numerics, "bf16", "fp32")) yield return wrong;
        foreach (var wrong in Wrong("schedule", Schedule, [.. Optimization.LearningRate.Names])) yield return wrong;
        foreach (var (name, value, least) in new[]
        {
            ("max_length", MaxLength, 2), ("batch_rows", BatchRows, 1), ("accumulation", Accumulation, 1), ("epochs", Epochs, 1),
            ("steps", Steps ?? 1, 1), ("warmup_steps", WarmupSteps, 0), ("decay_steps", DecaySteps, 0), ("save_every", SaveEvery, 1),
            ("keep", Keep, 1),
        })
            if (value < least) yield return $"{name}: {value} is not at least {least}.";
        foreach (var (name, value, most) in new[]
        {
            ("learning_rate", LearningRate, 10), ("least_learning_rate", LeastLearningRate, LearningRate), ("prompt_share", PromptShare, 1),
            ("prompt_weight", PromptWeight, 1e3), ("weight_decay", WeightDecay, 1e3), ("beta1", Beta1, 0.9999999),
            ("beta2", Beta2, 0.9999999), ("max_gradient_norm", MaxGradientNorm, 1e9),
        })
            if (!(value >= 0 && value <= most)) yield return FormattableString.Invariant($"{name}: {value} is not from 0 to {most}.");
    }

    static IEnumerable<string> Wrong(string name, string value, params string[] known) => known.Contains(value) ? []
        : [$"{name}: '{value}' is not one of {string.Join(", ", known)}."];
}
