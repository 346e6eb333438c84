// What the steps of one version take: the usual duration of a step by how many answers it writes to, and the time per unit of the cost of
// prompts. Learned from the steps that were computed. Has no clock, decides nothing.
namespace Majlis.Inference;

public sealed class StepPace
{
    // Slower steps change the price of prompts quickly, faster ones slowly; the usual step the other way round: pauses stay short.
    const double Quickly = 0.5;
    const double Slowly = 0.1;

    // One step that something else held up does not stand for those that follow.
    const double Outlier = 2;

    // Of so many steps beside answers, one reads no prompt: answers grow longer, and so do their usual steps.
    const int Fresh = 32;

    // Seconds of steps without prompts, by the number of answers that got a token each.
    readonly Dictionary<int, double> usual = [];
    int reading;

    /// <summary>Seconds per unit of cost; null before the first prompt.</summary>
    public double? Price { get; private set; }

    /// <summary>
    /// The usual seconds of a step that writes to so many answers; null until one was seen that wrote to half as many to twice as many, and
    /// where all have read prompts for long.
    /// </summary>
    public double? Usual(int writing)
    {
        if (writing == 0) return 0;
        return reading < Fresh ? Known(writing) : null;
    }

    /// <summary>Records a step: its duration, the cost of the prompts read in it, and the number of answers beside them.</summary>
    public void Took(TimeSpan duration, double promptCost, int writing)
    {
        var seconds = duration.TotalSeconds;
        if (writing > 0) Write(seconds, promptCost > 0, writing);
        if (promptCost <= 0) return;
        var price = Math.Max(seconds - (writing > 0 ? Known(writing) ?? 0 : 0), seconds / 10) / promptCost;
        Price = Toward(Price, Math.Min(price, Outlier * Price ?? price), price > Price ? Quickly : Slowly);
    }

    void Write(double seconds, bool reads, int writing)
    {
        reading = reads ? reading + 1 : 0;
        // Without its prompts a step would have taken less.
        if (reads && !(seconds < Known(writing))) return;
        double? before = usual.TryGetValue(writing, out var known) ? known : null;
        usual[writing] = Toward(before, seconds, seconds < before ? Quickly : Slowly);
    }

    double? Known(int writing)
    {
        var (fewer, more) = (writing, writing);
        while (2 * fewer >= writing && !usual.ContainsKey(fewer)) fewer--;
        while (more <= 2 * writing && !usual.ContainsKey(more)) more++;
        var (areFewer, areMore) = (2 * fewer >= writing, more <= 2 * writing);
        return areFewer && areMore && fewer < more
            ? double.Lerp(usual[fewer], usual[more], (double)(writing - fewer) / (more - fewer))
            : areFewer ? usual[fewer] : areMore ? usual[more] : null;
    }

    static double Toward(double? before, double now, double share) => before is { } known ? known + share * (now - known) : now;
}
