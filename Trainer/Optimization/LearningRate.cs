// Learning-rate schedules under transformers' names: the factor of each optimiser step, counted from 0. Pure functions.
namespace Majlis.Trainer.Optimization;

/// <summary>
/// A schedule over a run. With warm-up the first step's factor is 0, as in transformers. Some schedules read extra numbers:
/// cycles (cosine_with_restarts), end and power (polynomial), least (cosine_with_min_lr, warmup_stable_decay), decay.
/// </summary>
public sealed record LearningRate(string Name, int WarmupSteps, int TotalSteps)
{
    /// <summary>A rate, not a factor.</summary>
    public const double PolynomialEnd = 1e-7;

    public int Cycles { get; init; } = 1;

    /// <summary>Where polynomial ends, of the largest rate; in transformers at <see cref="PolynomialEnd"/>, whatever that rate.</summary>
    public double End { get; init; } = PolynomialEnd;
    public double Power { get; init; } = 1;
    public double Least { get; init; }
    public int DecaySteps { get; init; }

    public static IReadOnlyList<string> Names { get; } =
        [
            "linear", "cosine", "constant", "constant_with_warmup", "cosine_with_restarts", "polynomial", "inverse_sqrt",
            "cosine_with_min_lr", "warmup_stable_decay",
        ];

    public double Factor(int step)
    {
        if (Name == "warmup_stable_decay") return WarmupStableDecay(step);
        if (Name == "constant") return 1;
        if (step < WarmupSteps) return (double)step / WarmupSteps;
        var progress = (step - WarmupSteps) / (double)Math.Max(1, TotalSteps - WarmupSteps);
        return Name switch
        {
            "constant_with_warmup" => 1,
            "linear" => Math.Max(0, 1 - progress),
            "cosine" => Cosine(progress),
            "cosine_with_restarts" => progress >= 1 ? 0 : Cosine(Cycles * progress % 1),
            "cosine_with_min_lr" => Math.Max(0, Cosine(progress) * (1 - Least) + Least),
            "polynomial" => step > TotalSteps ? End : (1 - End) * Math.Pow(1 - progress, Power) + End,
            "inverse_sqrt" => InverseSqrt(step),
            _ => throw new InvalidOperationException($"learning-rate schedule '{Name}' is not one of {string.Join(", ", Names)}"),
        };
    }

    static double Cosine(double progress) => 0.5 * (1 + Math.Cos(Math.PI * progress));

    /// <summary>transformers' timescale: the warm-up's length, or 10 000 without warm-up.</summary>
    double InverseSqrt(int step)
    {
        var timescale = WarmupSteps > 0 ? WarmupSteps : 10_000;
        return 1 / Math.Sqrt((step + timescale - WarmupSteps) / (double)timescale);
    }

    double WarmupStableDecay(int step)
    {
        var stableUntil = TotalSteps - DecaySteps;
        if (step < WarmupSteps) return (double)step / WarmupSteps * (1 - Least) + Least;
        if (step < stableUntil) return 1;
        return step < TotalSteps ? Cosine((step - stableUntil) / (double)DecaySteps) * (1 - Least) + Least : Least;
    }
}
