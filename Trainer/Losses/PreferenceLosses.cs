// TRL's names of the losses, as an explicit list: a name in, [B] (for "sft" a scalar) out. Knows no model.
using Majlis.Torch;
using static TorchSharp.torch;

namespace Majlis.Trainer.Losses;

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
        ["cpo"] = (pairs, options) => CpoLoss.Of(pairs.Chosen, pairs.Rejected, options.Beta, options.LabelSmoothing),
        ["cpo_hinge"] = (pairs, options) => HingeLoss.Of(pairs.Chosen, pairs.Rejected, options.Beta),
        ["cpo_ipo"] = (pairs, options) => IpoLoss.Of(pairs.ChosenPerToken, pairs.RejectedPerToken, options.Beta),
        ["simpo"] = (pairs, options) => SimpoLoss.Of(
            pairs.ChosenPerToken, pairs.RejectedPerToken, options.Beta, options.SimpoGamma, options.RewardAlpha, options.LabelSmoothing),
        ["orpo"] = (pairs, options) => OrpoLoss.Of(
            pairs.ChosenPerToken, pairs.RejectedPerToken, pairs.ChosenTextLikelihood!, options.Beta),
    };

    /// <summary>These compare the policy's own log-probabilities; "sft" does as well, and does not ask which.</summary>
    static readonly string[] free = ["cpo", "cpo_hinge", "cpo_ipo", "simpo", "orpo"];

    static readonly string[] smoothed = ["exo_pair", "robust", "aot", "aot_unpaired", "cpo", "simpo"];

    /// <summary>These take log-probabilities per token.</summary>
    static readonly string[] averaged = ["cpo_ipo", "simpo", "orpo"];

    public static IReadOnlyCollection<string> Names => losses.Keys;

    public static bool NeedsReference(LossOptions options) => options.Types.Any(name => name != "sft" && !free.Contains(name));

    /// <summary>Whether rewards are per token, as TRL reports them: all losses are free of a reference and averaged.</summary>
    public static bool IsAveraged(LossOptions options) =>
        options.Types.Any(averaged.Contains) && options.Types.All(name => name == "sft" || averaged.Contains(name));

    /// <summary>Numbers that are not what they are by default, though none of the losses reads them: their keys, and who does.</summary>
    public static IEnumerable<(string Key, string Readers)> Unread(LossOptions options)
    {
        var plain = new LossOptions();
        bool Has(params ReadOnlySpan<string> readers) => options.Types.Any(readers.ToArray().Contains);
        if (options.LabelSmoothing != plain.LabelSmoothing && !Has(smoothed)) yield return ("label_smoothing", string.Join(", ", smoothed));
        if (options.DiscopopTau != plain.DiscopopTau && !Has("discopop")) yield return ("discopop_tau", "discopop");
        if (options.SimpoGamma != plain.SimpoGamma && !Has("simpo")) yield return ("simpo_gamma", "simpo");
        if (options.RewardAlpha != plain.RewardAlpha && !Has("simpo")) yield return ("reward_alpha", "simpo");
        if (options.DivergenceAlpha != plain.DivergenceAlpha && options.Divergence != "alpha_divergence")
            yield return ("divergence_alpha", "divergence alpha_divergence");
    }

    /// <summary>Whether the prompts' tokens are scored too.</summary>
    public static bool ReadsWholeText(LossOptions options) => options.Types.Contains("orpo");

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
        if (options.Types.Count == 0) return "no loss is named";
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
