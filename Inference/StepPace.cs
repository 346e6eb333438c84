// Limits how much of prompts a round of steps reads, so that running answers do not pause for long. Learns the usual round of an answer and
// the time per unit of cost from the durations of rounds. Has no clock.
namespace Majlis.Inference;

/// <summary>
/// A round is one step of every batcher: mostly one step, two during a swap, when an answer waits for both.
/// </summary>
/// <param name="longestPause">The longest round while answers run; null: four of their usual rounds.</param>
public sealed class StepPace(TimeSpan? longestPause)
{
    const double UsualSteps = 4;

    // The planned share of the allowed time, because durations vary.
    const double Margin = 0.6;

    // Slower rounds change the estimate quickly, faster ones slowly.
    const double Rise = 0.5;
    const double Fall = 0.1;

    double? usual;
    double? perCost;

    /// <summary>
    /// The cost limit of a round's prompts beside <paramref name="writing"/> answers that get a token each. Infinite where no answer runs;
    /// negative (no prompt token at all) until an answer's usual round is known.
    /// </summary>
    public double Allowed(int writing)
    {
        if (writing == 0 || usual == 0) return double.PositiveInfinity;
        if (usual is not { } round) return -1;
        if (perCost is not { } price) return 0;
        var pause = longestPause?.TotalSeconds ?? UsualSteps * round;
        return Math.Max(0, Margin * pause - round) / price;
    }

    /// <summary>Records a round: its duration, the cost of the prompts read in it, and the number of answers beside them.</summary>
    public void Took(TimeSpan duration, double promptCost, int writing)
    {
        var seconds = duration.TotalSeconds;
        if (promptCost == 0 && writing > 0) usual = Toward(usual, seconds, seconds < usual ? Rise : Fall);
        if (promptCost <= 0) return;
        var reading = writing > 0 ? Math.Max(seconds - (usual ?? 0), seconds / 10) : seconds;
        var price = reading / promptCost;
        perCost = Toward(perCost, price, price > perCost ? Rise : Fall);
    }

    static double Toward(double? before, double now, double share) => before is { } known ? known + share * (now - known) : now;
}
