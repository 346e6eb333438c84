// The options of the objective over pairs: its loss, its self-test and its health rule.
using Majlis.Trainer.Losses;

namespace Majlis.Trainer.Preference;

public sealed record PreferenceOptions
{
    public LossOptions Loss { get; init; } = new();

    /// <summary>The id after a row's end.</summary>
    public int PadToken { get; init; }

    /// <summary>Whether the reference is what the run begins with; then the self-test holds both to be equal.</summary>
    public bool ReferenceIsStart { get; init; } = true;

    /// <summary>Largest sequence log-ratio that the ln 2 self-test takes for rounding; exact arithmetic gives 0.</summary>
    public double SelfTestTolerance { get; init; } = 1e-2;

    /// <summary>
    /// The run stops when the chosen answers' log-probability, averaged over the window, is this much below the reference's. In nats
    /// per token.
    /// </summary>
    public double MaxChosenDrop { get; init; } = 1;
    public int HealthWindow { get; init; } = 4;
}
