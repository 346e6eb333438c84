// How much of a prompt a step may read so that answers being written do not pause for long: learns from the durations of steps what an
// answer's usual step takes and what reading costs, and allows what fits. Durations come in; no clock.
namespace Majlis.Inference;

/// <param name="longestPause">The longest step that answers are to wait for; null: four of their usual steps.</param>
public sealed class StepPace(TimeSpan? longestPause)
{
    const double UsualSteps = 4;

    // What a step is planned to take of what it may: durations scatter.
    const double Margin = 0.7;

    // What asks for shorter steps counts soon, what would allow longer ones by and by.
    const double Rise = 0.5;
    const double Fall = 0.1;

    double? usual;
    double? perCost;

    /// <summary>
    /// What the prompts of a step may cost beside <paramref name="writing"/> answers that get a token each: anything where nobody waits;
    /// below zero, nothing at all, until an answer's usual step is known.
    /// </summary>
    public double Allowed(int writing)
    {
        if (writing == 0 || usual == 0) return double.PositiveInfinity;
        if (usual is not { } step) return -1;
        if (perCost is not { } price) return 0;
        var pause = longestPause?.TotalSeconds ?? UsualSteps * step;
        return Math.Max(0, Margin * pause - step) / price;
    }

    /// <summary>A step took so long, in which prompts of such a cost were read beside so many answers.</summary>
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
