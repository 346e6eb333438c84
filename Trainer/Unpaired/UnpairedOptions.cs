// The options of the objective over single answers: its loss, its self-test and its health rule.
namespace Majlis.Trainer.Unpaired;

public sealed record UnpairedOptions
{
    public const string Kto = "kto", Bco = "bco", Apo = "apo_zero_unpaired";

    public static IReadOnlyList<string> Names { get; } = [Kto, Bco, Apo];

    /// <summary>One of <see cref="Names"/>.</summary>
    public string Loss { get; init; } = Kto;
    public double Beta { get; init; } = 0.1;

    /// <summary>What a good answer's loss counts, and a bad one's.</summary>
    public double DesirableWeight { get; init; } = 1;
    public double UndesirableWeight { get; init; } = 1;

    /// <summary>The id after a row's end.</summary>
    public int PadToken { get; init; }

    /// <summary>Whether the reference is what the run begins with; then the self-test holds both to be equal.</summary>
    public bool ReferenceIsStart { get; init; } = true;

    /// <summary>Largest sequence log-ratio that the self-test takes for rounding; exact arithmetic gives 0.</summary>
    public double SelfTestTolerance { get; init; } = 1e-2;

    /// <summary>The run stops when good answers lost so many nats per token, averaged over the window.</summary>
    public double MaxChosenDrop { get; init; } = 1;
    public int HealthWindow { get; init; } = 4;
}
