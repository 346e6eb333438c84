// TRL's names of the losses, as an explicit list: a name in, [B] (for "sft" a scalar) out. Knows no model.
using Majlis.Torch;
using static TorchSharp.torch;

namespace Majlis.Trainer.Losses;

/// <summary>The parts of a preference loss, under TRL's names.</summary>
public sealed record LossOptions
{
    /// <summary>Names of the losses added up.</summary>
    public IReadOnlyList<string> Types { get; init; } = ["sigmoid"];

    /// <summary>Their weights; null = 1 each.</summary>
    public IReadOnlyList<double>? Weights { get; init; }
    public double Beta { get; init; } = 0.1;
    public double LabelSmoothing { get; init; }
    public double DiscopopTau { get; init; } = 0.05;
    public string Divergence { get; init; } = "reverse_kl";
    public double DivergenceAlpha { get; init; } = 0.5;

    /// <summary>LD-DPO: weight of the tokens beyond the shorter answer's length; null = 1.</summary>
    public double? LengthAlpha { get; init; }

    /// <summary>WPO: weigh pairs by how likely the policy is to write them.</summary>
    public bool UseWeighting { get; init; }
}

public static class PreferenceLosses
{
    static readonly Dictionary<string, Func<PairScores, LossOptions, Tensor>> losses = new()
    {
        ["sigmoid"] = (pairs, options) => DpoLoss.Of(Chosen(pairs, options), Rejected(pairs, options), options.Beta),
        ["hinge"] = (pairs, options) => HingeLoss.Of(Chosen(pairs, options), Rejected(pairs, options), options.Beta),
        ["ipo"] = (pairs, options) => IpoLoss.Of(
            Chosen(pairs, options) / pairs.ChosenTokens, Rejected(pairs, options) / pairs.RejectedTokens, options.Beta),
        ["exo_pair"] = (pairs, options) => ExoLoss.Of(
            Chosen(pairs, options), Rejected(pairs, options), options.Beta, options.LabelSmoothing),
        ["nca_pair"] = (pairs, options) => NcaLoss.Of(pairs.ChosenRatio, pairs.RejectedRatio, options.Beta),
        ["robust"] = (pairs, options) => RobustLoss.Of(
            Chosen(pairs, options), Rejected(pairs, options), options.Beta, options.LabelSmoothing),
        ["bco_pair"] = (pairs, options) => BcoLoss.Of(pairs.ChosenRatio, pairs.RejectedRatio, options.Beta),
        ["sppo_hard"] = (pairs, options) => SppoLoss.Of(pairs.ChosenRatio, pairs.RejectedRatio, options.Beta),
        ["aot"] = (pairs, options) => AotLoss.Of(
            pairs.Chosen.Minus(pairs.Rejected), pairs.ReferenceChosen.Minus(pairs.ReferenceRejected), options.Beta, options.LabelSmoothing),
        ["aot_unpaired"] = (pairs, options) => AotLoss.Of(pairs.ChosenRatio, pairs.RejectedRatio, options.Beta, options.LabelSmoothing),
        ["apo_zero"] = (pairs, options) => ApoZeroLoss.Of(pairs.ChosenRatio, pairs.RejectedRatio, options.Beta),
        ["apo_down"] = (pairs, options) => ApoDownLoss.Of(pairs.ChosenRatio, pairs.RejectedRatio, options.Beta),
        ["discopop"] = (pairs, options) => DiscopopLoss.Of(
            Chosen(pairs, options), Rejected(pairs, options), options.Beta, options.DiscopopTau),
        ["sft"] = (pairs, _) => ChosenLikelihoodLoss.Of(pairs.ChosenSums, pairs.ChosenTokens),
        ["sigmoid_norm"] = (pairs, options) => DpoLoss.Of(
            Chosen(pairs, options) / pairs.ChosenTokens, Rejected(pairs, options) / pairs.RejectedTokens, options.Beta),
    };

    /// <summary>The loss of each pair, [B], with the mix's weights; "sft" adds its scalar to every pair.</summary>
    /// <exception cref="ArgumentException">An unknown name, or exo_pair without smoothing.</exception>
    public static Tensor PerPair(PairScores pairs, LossOptions options)
    {
        Check(options);
        var sum = zeros_like(pairs.Chosen);
        for (var i = 0; i < options.Types.Count; i++)
        {
            var loss = losses[options.Types[i]](pairs, options);
            if (pairs.PolicyWeights is { } weights) loss = loss * weights;
            sum = sum.Plus(loss.Times(options.Weights?[i] ?? 1));
        }
        return sum;
    }

    public static void Check(LossOptions options)
    {
        if (Problem(options) is { } problem) throw new ArgumentException(problem, nameof(options));
    }

    /// <summary>What is wrong with the options, or null.</summary>
    public static string? Problem(LossOptions options)
    {
        if (options.Types.FirstOrDefault(name => !losses.ContainsKey(name)) is { } unknown)
            return $"loss '{unknown}' is not one of {string.Join(", ", losses.Keys)}";
        if (options.Weights is { } weights && weights.Count != options.Types.Count)
            return $"{weights.Count} weights for {options.Types.Count} losses";
        if (options.Types.Contains("exo_pair") && options.LabelSmoothing <= 0) return "exo_pair needs a label smoothing above 0";
        return options.Beta > 0 ? null : $"beta must be above 0, not {options.Beta}";
    }

    static Tensor Chosen(PairScores pairs, LossOptions options) =>
        Divergence.Score(pairs.ChosenRatio, options.Divergence, options.DivergenceAlpha);

    static Tensor Rejected(PairScores pairs, LossOptions options) =>
        Divergence.Score(pairs.RejectedRatio, options.Divergence, options.DivergenceAlpha);
}
