// What the steps of one version take: the usual duration of a step by how many answers it writes to, and the time per unit of the cost of
// prompts. Learned from the steps that were computed. Has no clock, decides nothing.
namespace Majlis.Inference;

public sealed class StepPace
{
    // Slower steps change the price of prompts quickly, faster ones slowly; the usual step the other way round: pauses stay short.
    const double Quickly = 0.5;
    const double Slowly = 0.1;

    // Seconds of steps without prompts, by the number of answers that got a token each.
    readonly Dictionary<int, double> usual = [];

    /// <summary>Seconds per unit of cost; null before the first prompt.</summary>
    public double? Price { get; private set; }

    /// <summary>
    /// The usual seconds of a step that writes to so many answers; null until one was seen that wrote to half as many to twice as many.
    /// </summary>
    public double? Usual(int writing)
    {
        if (writing == 0) return 0;
        var (fewer, more) = (writing, writing);
        while (2 * fewer >= writing && !usual.ContainsKey(fewer)) fewer--;
        while (more <= 2 * writing && !usual.ContainsKey(more)) more++;
        var (areFewer, areMore) = (2 * fewer >= writing, more <= 2 * writing);
        return areFewer && areMore && fewer < more
            ? double.Lerp(usual[fewer], usual[more], (double)(writing - fewer) / (more - fewer))
            : areFewer ? usual[fewer] : areMore ? usual[more] : null;
    }

    /// <summary>Records a step: its duration, the cost of the prompts read in it, and the number of answers beside them.</summary>
    public void Took(TimeSpan duration, double promptCost, int writing)
    {
        var seconds = duration.TotalSeconds;
        // Without its prompts a step would have taken less.
        if (writing > 0 && (promptCost == 0 || seconds < Usual(writing)))
            usual[writing] = usual.TryGetValue(writing, out var before) ? Toward(before, seconds, seconds < before ? Quickly : Slowly) : seconds;
        if (promptCost <= 0) return;
        var price = Math.Max(seconds - (Usual(writing) ?? 0), seconds / 10) / promptCost;
        Price = Toward(Price, price, price > Price ? Quickly : Slowly);
    }

    static double Toward(double? before, double now, double share) => before is { } known ? known + share * (now - known) : now;
}
