// How much of prompts the steps of a round may read, so that running answers do not pause for long. A round is one step of every version:
// mostly one, two during a swap, when an answer waits for both; each is judged by the pace of its own version. Has no clock.
namespace Majlis.Inference;

/// <summary>
/// Once a round <see cref="Begin"/>, then for each of its steps <see cref="Allowed"/> and, with what the step reads, <see cref="Reads"/>.
/// </summary>
/// <param name="longestPause">The longest round while answers run; null: four of their usual rounds.</param>
public sealed class RoundPace(TimeSpan? longestPause)
{
    const double UsualRounds = 4;

    // The planned share of the allowed time, because durations vary.
    const double Margin = 0.6;

    // Seconds for prompts: infinite where no answer runs, negative where it is not known what the round's answers take.
    double spare;
    int left;

    /// <param name="steps">The pace of each version, and to how many answers its step writes.</param>
    public void Begin(IReadOnlyCollection<(StepPace Pace, int Writing)> steps)
    {
        left = steps.Count;
        var usual = steps.Sum(step => step.Pace.Usual(step.Writing) ?? double.NaN);
        spare = usual == 0 ? double.PositiveInfinity
            : double.IsNaN(usual) ? -1
            : Math.Max(0, Margin * (longestPause?.TotalSeconds ?? UsualRounds * usual) - usual);
    }

    /// <summary>
    /// The cost limit of the next step's prompts: an equal part of what the steps before left. Negative (no prompt token at all) until it
    /// is known what the answers take by themselves, so that they have a step without prompts; 0 until it is known what prompts take.
    /// </summary>
    public double Allowed(StepPace pace)
    {
        var seconds = spare / left--;
        return seconds <= 0 || double.IsPositiveInfinity(seconds) ? seconds : seconds / pace.Price ?? 0;
    }

    /// <summary>A step reads prompts of this cost.</summary>
    public void Reads(StepPace pace, double promptCost)
    {
        if (spare > 0) spare = Math.Max(0, spare - promptCost * (pace.Price ?? 0));
    }
}
