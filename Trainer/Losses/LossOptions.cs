// Which losses of pairs are added up, and their numbers, under TRL's names. Knows no formula.
namespace Majlis.Trainer.Losses;

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

    /// <summary>LD-DPO, https://arxiv.org/abs/2409.06411: weight of the tokens beyond the shorter answer's length; null = 1.</summary>
    public double? LengthAlpha { get; init; }

    /// <summary>WPO, https://arxiv.org/abs/2406.11827: weigh pairs by how likely the policy is to write them.</summary>
    public bool UseWeighting { get; init; }

    /// <summary>SimPO's margin.</summary>
    public double SimpoGamma { get; init; } = 0.5;

    /// <summary>AlphaPO's exponent; 0 is SimPO's reward.</summary>
    public double RewardAlpha { get; init; }
}
