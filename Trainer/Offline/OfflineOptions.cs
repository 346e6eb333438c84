// A stage of offline DPO as its recipe says it: JSON, names in snake case. All weights are trained, in fp32. With equal data, weights and
// threads, equal options give equal bits.
using Majlis.Trainer.Losses;
using Majlis.Trainer.Optimization;
using Majlis.Trainer.Preference;

namespace Majlis.Trainer.Offline;

public sealed record OfflineOptions
{
    /// <summary>A Hugging Face folder; also the reference.</summary>
    public required string Model { get; init; }

    /// <summary>JSONL files of pairs: <c>prompt</c>, <c>chosen</c>, <c>rejected</c>.</summary>
    public required string[] Data { get; init; }

    /// <summary>TRL's name of the loss.</summary>
    public string Loss { get; init; } = "sigmoid";
    public double Beta { get; init; } = 0.1;
    public double LearningRate { get; init; } = 1e-5;

    /// <summary>Name of a schedule in <see cref="Optimization.LearningRate"/>.</summary>
    public string Schedule { get; init; } = "linear";
    public int WarmupSteps { get; init; }
    public int Epochs { get; init; } = 1;

    /// <summary>Pairs per micro-batch, and micro-batches per optimiser step.</summary>
    public int BatchPairs { get; init; } = 8;
    public int Accumulation { get; init; } = 1;

    /// <summary>Tokens per side; longer ones are cut, a pair with as long a prompt is left out.</summary>
    public int MaxLength { get; init; } = 1024;
    public int Seed { get; init; } = 1;

    /// <summary>Optimiser steps between two checkpoints.</summary>
    public int SaveEvery { get; init; } = 50;

    /// <exception cref="Text.ModelFormatException">All that is wrong with the file, a line each.</exception>
    public static OfflineOptions Read(string path) => StageRecipe.Read<OfflineOptions>(path, options => options.Problems());

    public PreferenceOptions Pairs() => new() { Loss = new LossOptions { Types = [Loss], Beta = Beta } };

    public LoopOptions Loop() => new()
    {
        LearningRate = LearningRate,
        Schedule = Schedule,
        WarmupSteps = WarmupSteps,
        Epochs = Epochs,
        BatchItems = BatchPairs,
        Accumulation = Accumulation,
        Seed = Seed,
    };

    IEnumerable<string> Problems()
    {
        if (!Directory.Exists(Model)) yield return $"model: there is no folder '{Model}'.";
        if (Data.Length == 0) yield return "data: names no file.";
        foreach (var file in Data.Where(file => !File.Exists(file))) yield return $"data: there is no file '{file}'.";
        if (PreferenceLosses.Problem(new LossOptions { Types = [Loss], Beta = Beta }) is { } problem) yield return $"loss: {problem}.";
        if (!Optimization.LearningRate.Names.Contains(Schedule))
            yield return $"schedule: '{Schedule}' is not one of {string.Join(", ", Optimization.LearningRate.Names)}.";
        foreach (var (name, value, least) in new[]
        {
            ("max_length", MaxLength, 2), ("batch_pairs", BatchPairs, 1), ("accumulation", Accumulation, 1), ("epochs", Epochs, 1),
            ("warmup_steps", WarmupSteps, 0), ("save_every", SaveEvery, 1),
        })
            if (value < least) yield return $"{name}: {value} is not at least {least}.";
        foreach (var (name, value, most) in new[] { ("learning_rate", LearningRate, 10), ("beta", Beta, 1e3) })
            if (!(value > 0 && value <= most))
                yield return FormattableString.Invariant($"{name}: {value} is not above 0 and at most {most}.");
    }
}
