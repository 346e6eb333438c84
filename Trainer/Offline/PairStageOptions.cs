// What training on pairs can be told: the loss and its numbers, the reference, the health rule.
using System.Text.Json.Serialization;
using Majlis.Trainer.Losses;
using Majlis.Trainer.Preference;
using Majlis.Trainer.Recipes;
using Majlis.Trainer.Stages;

namespace Majlis.Trainer.Offline;

public abstract record PairStageOptions : TunedOptions
{
    protected PairStageOptions() => LearningRate = 1e-5;

    [Means("TRL's names of the losses that are added up; without a reference cpo, cpo_hinge, cpo_ipo, simpo, orpo.", Trl = "loss_type")]
    public string[] Loss { get; init; } = ["sigmoid"];

    [Means("A weight for each loss; none = 1 each.")]
    public double[] LossWeights { get; init; } = [];

    [Means("Weight of staying close to the reference.", AtLeast = 0, Above = true, AtMost = 1e3)]
    public double Beta { get; init; } = 0.1;

    [Means("The share of labels taken to be flipped: robust, exo_pair, aot, cpo and simpo.", AtLeast = 0, AtMost = 0.5)]
    public double LabelSmoothing { get; init; }

    [Means("discopop's temperature.", AtLeast = 0, Above = true)]
    public double DiscopopTau { get; init; } = 0.05;

    [Means("The divergence from the reference.", Trl = "f_divergence_type",
        OneOf = ["reverse_kl", "forward_kl", "js_divergence", "alpha_divergence"])]
    public string Divergence { get; init; } = "reverse_kl";

    [Means("alpha_divergence's alpha.", Trl = "f_alpha_divergence_coef")]
    public double DivergenceAlpha { get; init; } = 0.5;

    [Means("LD-DPO: the weight of tokens beyond the shorter answer's length.", AtLeast = 0, AtMost = 1)]
    public double? LdAlpha { get; init; }

    [Means("WPO: weighs pairs by how likely the policy is to write them.")]
    public bool UseWeighting { get; init; }

    [Means("SimPO's margin.", AtLeast = 0)]
    public double SimpoGamma { get; init; } = 0.5;

    [Means("AlphaPO's exponent with simpo; 0 is SimPO.", Trl = "alpha")]
    public double RewardAlpha { get; init; }

    [Means("Files of rows that are measured after each epoch and not learnt from; metrics begin with eval_.", Trl = "eval_dataset")]
    public string[] Validation { get; init; } = [];

    [Means("Pairs per micro-batch.", Trl = "per_device_train_batch_size", AtLeast = 1)]
    public int BatchPairs { get; init; } = 8;

    [Means("What is kept of a row that is too long; keep_start leaves out pairs whose prompt alone is.", Trl = "truncation_mode",
        OneOf = ["keep_start", "keep_end"])]
    public string Truncation { get; init; } = "keep_start";

    [Means("Another model as the reference, instead of what the run begins with.", Trl = "ref_model")]
    public string? Reference { get; init; }

    [Means("The run stops when chosen answers lost so many nats per token against the reference.", AtLeast = 0, Above = true)]
    public double MaxChosenDrop { get; init; } = 1;

    [JsonIgnore]
    public override int BatchItems => BatchPairs;

    [JsonIgnore]
    public LossOptions LossParts => new()
    {
        Types = Loss,
        Weights = LossWeights.Length == 0 ? null : LossWeights,
        Beta = Beta,
        LabelSmoothing = LabelSmoothing,
        DiscopopTau = DiscopopTau,
        Divergence = Divergence,
        DivergenceAlpha = DivergenceAlpha,
        LengthAlpha = LdAlpha,
        UseWeighting = UseWeighting,
        SimpoGamma = SimpoGamma,
        RewardAlpha = RewardAlpha,
    };

    public PreferenceOptions Pairs(int pad) => new()
    {
        Loss = LossParts,
        PadToken = pad,
        ReferenceIsStart = Reference is null,
        SelfTestTolerance = SelfTestTolerance,
        MaxChosenDrop = MaxChosenDrop,
    };

    public override IEnumerable<string> Problems()
    {
        foreach (var problem in base.Problems()) yield return problem;
        foreach (var file in Validation.Where(file => !File.Exists(file))) yield return $"validation: there is no file '{file}'.";
        foreach (var (key, readers) in PreferenceLosses.Unread(LossParts))
            yield return $"{key}: nothing reads it with the loss {string.Join(", ", Loss)}; {readers} would.";
        if (PreferenceLosses.Problem(LossParts) is { } wrong) yield return $"loss: {wrong}.";
        else if (Reference is not null && !PreferenceLosses.NeedsReference(LossParts))
            yield return $"reference: the loss {string.Join(", ", Loss)} has none.";
    }
}
