// Single answers, good or bad, as an objective: KTO, BCO or APO against a reference. Knows no optimiser and no files. B examples.
using Majlis.Torch;
using Majlis.Trainer.Losses;
using Majlis.Trainer.Optimization;
using Majlis.Trainer.Preference;
using Majlis.Trainer.Sequences;
using static TorchSharp.torch;

namespace Majlis.Trainer.Unpaired;

public sealed class UnpairedObjective : IObjective
{
    readonly Policy policy;
    readonly IReadOnlyList<UnpairedExample> examples;
    readonly ReferenceScores reference;
    readonly UnpairedOptions options;
    readonly RewardMean rewards = new();

    /// <param name="policy">The network to train; its parameters change in place.</param>
    /// <param name="examples">Already cut, and for KTO mismatched.</param>
    /// <param name="reference">Scores of exactly these examples' rows.</param>
    /// <param name="options">Loss and health.</param>
    public UnpairedObjective(
        Policy policy, IReadOnlyList<UnpairedExample> examples, ReferenceScores reference, UnpairedOptions options)
    {
        if (!UnpairedOptions.Names.Contains(options.Loss))
            throw new ArgumentException($"loss '{options.Loss}' is not one of {string.Join(", ", UnpairedOptions.Names)}", nameof(options));
        (this.policy, this.examples, this.reference, this.options) = (policy, examples, reference, options);
    }

    public int Items => examples.Count;

    public IReadOnlyList<(string Name, Tensor Value)> Parameters => policy.Parameters;

    /// <summary>The rows that a reference must score, in the batches of the examples' order.</summary>
    public static IEnumerable<IReadOnlyList<TokenRow>> Rows(
        IReadOnlyList<UnpairedExample> examples, UnpairedOptions options, int batch) => examples.Chunk(batch).SelectMany(group =>
            options.Loss == UnpairedOptions.Kto
                ? (IReadOnlyList<TokenRow>[])[[.. group.Select(one => one.Row)], [.. group.Select(one => one.MismatchedRow)]]
                : [[.. group.Select(one => one.Row)]]);

    public StepOutcome Gradients(int step, IReadOnlyList<int[]> batches, bool unmoved)
    {
        var (isReference, distance, means) = (unmoved && options.ReferenceIsStart, 0.0, new UnpairedMeans());
        var outcome = MicroBatches.Mean(step, batches, this, items =>
        {
            UnpairedExample[] own = [.. items.Select(item => examples[item])];
            using var batch = SequenceBatch.Of([.. own.Select(example => example.Row)], options.PadToken);
            var tokens = policy.Scores(batch);
            var ratios = Ratios(tokens.LogProbabilities, batch, isReference, ref distance); // [B]
            var kl = options.Loss == UnpairedOptions.Kto ? Drift(own, isReference, ref distance) : null;
            means.Add(own, ratios.detach(), options.Beta, tokens, batch);
            (string, double)[] measured = options.Loss == UnpairedOptions.Bco ? [] : [("kl", kl?.Number() ?? 0)];
            return new MicroBatchResult(Loss(own, ratios, kl), measured, batch.TokenCount);
        });
        if (outcome.Refusal is not null) return outcome;
        foreach (var (name, value) in means.Values().Concat(options.Loss == UnpairedOptions.Bco ? rewards.Values : []))
            outcome.Metrics[name] = value;
        return distance <= options.SelfTestTolerance ? outcome : outcome with
        {
            Refusal = FormattableString.Invariant(
                $"self-test: policy and reference differ by {distance:0.####} before the first step; expected 0"),
        };
    }

    public string PlaceOf(int item) => examples[item].Id;

    public string? Health(IReadOnlyList<StepMetrics> log) => ChosenCollapse.Of(log, options.MaxChosenDrop, options.HealthWindow);

    public void Resume(StepMetrics last) => rewards.Restore(last);

    /// <summary>log pi - log pi_ref of each row, [B]: exactly 0 while the policy is the reference.</summary>
    Tensor Ratios(Tensor tokens, SequenceBatch batch, bool isReference, ref double distance)
    {
        var held = reference.Of(batch);
        if (!isReference) return batch.SumRows(tokens).Minus(batch.SumRows(held));
        var own = tokens.detach();
        distance = Math.Max(distance, batch.SumRows(own.Minus(held)).abs().max().Number());
        return batch.SumRows(tokens).Minus(batch.SumRows(own));
    }

    /// <summary>KTO's estimate of how far the policy is from the reference: a scalar of at least 0, without gradient.</summary>
    Tensor Drift(UnpairedExample[] own, bool isReference, ref double distance)
    {
        using var still = no_grad();
        using var batch = SequenceBatch.Of([.. own.Select(example => example.MismatchedRow)], options.PadToken);
        var tokens = policy.Scores(batch).LogProbabilities;
        return Ratios(tokens, batch, isReference, ref distance).mean().clamp_min(Numbers.Of(0.0));
    }

    Tensor Loss(UnpairedExample[] own, Tensor ratios, Tensor? kl)
    {
        var signs = tensor(own.Select(example => example.IsDesirable ? 1f : -1f).ToArray());
        var weights = tensor(own.Select(example =>
            (float)(example.Weight * (example.IsDesirable ? options.DesirableWeight : options.UndesirableWeight))).ToArray());
        var losses = options.Loss switch
        {
            UnpairedOptions.Kto => KtoLoss.Of(ratios, signs, kl!, options.Beta),
            UnpairedOptions.Bco => UnpairedBcoLoss.Of(ratios, signs, options.Beta, rewards.Add(ratios.detach().Times(options.Beta))),
            _ => UnpairedApoLoss.Of(ratios, signs, options.Beta),
        };
        return (losses * weights).mean();
    }
}
