// The options that decide a round's result besides votes and weights. Kept in the round's folder and in the version's manifest.
using System.Globalization;
using System.Text.Json.Serialization;
using Majlis.Evaluation;
using Majlis.Trainer.Losses;
using Majlis.Trainer.Optimization;
using Majlis.Trainer.Preference;
using Majlis.Trainer.Replay;
using Majlis.Trainer.Unpaired;

namespace Majlis.Trainer.Rounds;

public sealed record RoundOptions
{
    /// <summary>The names of linear layers that peft usually adapts.</summary>
    public static IReadOnlyList<string> Linear { get; } = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"];

    /// <summary>Every linear layer of the family that has one of peft's usual names.</summary>
    public const string AllLinear = "all-linear";

    /// <summary>How votes are split among experts: <c>language</c>, <c>tag:NAME</c> (with the tag and without), or <c>all</c>.</summary>
    public string Experts { get; init; } = "language";

    /// <summary>How the experts count in the merge: <c>equal</c>, <c>size</c>, <c>search</c>, or NAME=NUMBER,NAME=NUMBER.</summary>
    public string Weights { get; init; } = ExpertWeights.Equal;

    /// <summary>Name of the gate's policy.</summary>
    public string Policy { get; init; } = "standard";
    public int Seed { get; init; } = 1;

    /// <summary>Percentage of prompts held out for the gate.</summary>
    public double HeldOutPercent { get; init; } = 10;

    /// <summary>
    /// The loss that the gate must exclude on each task of <c>--tasks</c>, as a share of its items. A task that did not change is shown to
    /// be kept from about three items divided by this margin on.
    /// </summary>
    public double TaskMargin { get; init; } = 0.05;

    /// <summary>A group with fewer pairs gets no expert; its pairs go to the largest group.</summary>
    public int LeastPairs { get; init; } = 4;
    public int Rank { get; init; } = 16;
    public double Alpha { get; init; } = 32;

    /// <summary>peft's names of the modules that get an adapter, separated by commas; or <see cref="AllLinear"/>.</summary>
    public string TargetModules { get; init; } = AllLinear;

    /// <summary>Numbers of the layers whose modules get an adapter, from 0, separated by commas; empty for all.</summary>
    public string Layers { get; init; } = "";
    public int Epochs { get; init; } = 2;
    public double LearningRate { get; init; } = 2e-4;
    public double Beta { get; init; } = 0.1;

    /// <summary>
    /// TRL's name of the loss: of pairs, or kto, bco or apo_zero_unpaired, which learn from single answers and from both-bad votes too.
    /// </summary>
    public string Loss { get; init; } = "sigmoid";

    /// <summary>
    /// Weight of an answer's tokens beyond the length of the pair's shorter one (LD-DPO, https://arxiv.org/abs/2409.06411); 1 is plain DPO.
    /// </summary>
    public double LengthAlpha { get; init; } = 1;

    /// <summary>A file of texts or chats that are learnt beside the votes, so that what they show is kept; null = none.</summary>
    public string? Replay { get; init; }

    /// <summary>What their mean loss per token counts beside the votes' loss.</summary>
    public double ReplayWeight { get; init; } = 1;
    public int BatchPairs { get; init; } = 2;
    public int Accumulation { get; init; } = 2;
    public int MaxLength { get; init; } = 1024;

    /// <summary><c>fp32</c> or <c>bf16</c>: what the frozen weights compute in; the trained factors are always fp32.</summary>
    public string Numerics { get; init; } = "fp32";
    public int SaveEvery { get; init; } = 8;

    /// <summary>The names in <see cref="TargetModules"/>.</summary>
    [JsonIgnore]
    public IEnumerable<string> Modules => TargetModules.Split(',', StringSplitOptions.TrimEntries);

    [JsonIgnore]
    public int[] LayerNumbers => Layers.Length == 0 ? [] : [.. Layers.Split(',').Select(layer => int.TryParse(layer, NumberStyles.None
        | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var number) ? number : -1)];

    [JsonIgnore]
    public bool IsUnpaired => UnpairedOptions.Names.Contains(Loss);

    /// <summary>Single answers of a micro-batch: as many as its pairs have.</summary>
    [JsonIgnore]
    public int BatchAnswers => 2 * BatchPairs;

    public UnpairedOptions Answers() => new() { Loss = Loss, Beta = Beta, SelfTestTolerance = SelfTestTolerance };

    public PreferenceOptions Pairs() => new()
    {
        Loss = new LossOptions { Types = [Loss], Beta = Beta, LengthAlpha = LengthAlpha < 1 ? LengthAlpha : null },
        SelfTestTolerance = SelfTestTolerance,
    };

    public ReplayOptions Replayed() => new(ReplayWeight, BatchPairs, Accumulation, Seed);

    public LoopOptions Loop() => new()
    {
        LearningRate = LearningRate,
        Schedule = "linear",
        WarmupSteps = 2,
        Epochs = Epochs,
        BatchItems = IsUnpaired ? BatchAnswers : BatchPairs,
        Accumulation = Accumulation,
        Seed = Seed,
    };

    // bf16 products round by the batch's shape: 8 bits over some hundred tokens.
    double SelfTestTolerance => Numerics == "fp32" ? 1e-2 : 2;

    /// <summary>What is wrong, a line each, beginning with the trainer's option; none where all is well.</summary>
    public IEnumerable<string> Problems()
    {
        if (!ExpertSplit.IsRule(Experts))
            yield return $"--experts: '{Experts}' is not {ExpertSplit.ByLanguage}, {ExpertSplit.TagPrefix}NAME or {ExpertSplit.None}.";
        if (ExpertWeights.Problem(Weights) is { } wrong) yield return $"--weights: {wrong}";
        if (GatePolicy.Find(Policy) is null) yield return $"--policy: '{Policy}' is not one of standard, small.";
        if (Numerics is not ("fp32" or "bf16")) yield return $"--numerics: '{Numerics}' is neither fp32 nor bf16.";
        if (!IsUnpaired && PreferenceLosses.Problem(Pairs().Loss) is { } problem) yield return $"--loss: with --beta {Beta}, {problem}.";
        if (HeldOutPercent is not (> 0 and < 100)) yield return $"--held-out: {HeldOutPercent} is not between 0 and 100.";
        if (LengthAlpha is not (>= 0 and <= 1)) yield return $"--ld-alpha: {LengthAlpha} is not between 0 and 1.";
        if (TargetModules != AllLinear && Modules.FirstOrDefault(name => !Linear.Contains(name)) is { } unknown)
            yield return $"--target-modules: '{unknown}' is neither {AllLinear} nor one of {string.Join(", ", Linear)}.";
        if (LayerNumbers.Contains(-1)) yield return $"--layers: '{Layers}' is not a list of layers' numbers such as 6,7.";
        if (Replay is not null && !File.Exists(Replay)) yield return $"--replay: there is no file '{Replay}'.";
        if (!(ReplayWeight > 0)) yield return $"--replay-weight: {ReplayWeight} is not above 0.";
        if (TaskMargin is not (> 0 and < 1)) yield return $"--task-margin: {TaskMargin} is not between 0 and 1.";
        foreach (var (name, value) in new[] { ("--epochs", Epochs), ("--rank", Rank) })
            if (value < 1) yield return $"{name}: {value} is not at least 1.";
        if (!(LearningRate > 0)) yield return $"--learning-rate: {LearningRate} is not above 0.";
    }
}
