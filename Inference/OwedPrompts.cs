// The prompts of clients that have few of the places while another has many: steps read them before all others and pause longer for
// them, so that a single request's first token comes nearly as soon as without the flood. Knows no cost and no blocks.
namespace Majlis.Inference;

sealed class OwedPrompts
{
    /// <summary>How many times the usual cost a step may spend on them.</summary>
    public const double Allowance = 3;

    // One step of so many in a row reads the others' prompts.
    const int Cycle = 4;

    int steps;

    /// <summary>
    /// The prompts that this step reads alone, in order of rank; none where it reads what is then left in <paramref name="prompts"/>. Owed
    /// are the clients that would have at most half as many places as the one that has most.
    /// </summary>
    public IReadOnlyList<Sequence> Of(List<Sequence> prompts, IReadOnlyList<Sequence> running)
    {
        var owed = prompts.Count == 0 ? [] : Owed(prompts, running);
        var areOthers = owed.Length > 0 && owed.Length < prompts.Count;
        steps = areOthers ? steps + 1 : 0;
        if (!areOthers || steps % Cycle != 0) return owed;
        prompts.RemoveAll(owed.Contains);
        return [];
    }

    static Sequence[] Owed(List<Sequence> prompts, IReadOnlyList<Sequence> running)
    {
        var first = prompts.Min(sequence => sequence.Priority);
        var places = running.CountBy(sequence => sequence.Client).ToDictionary();
        var most = places.Values.DefaultIfEmpty().Max();
        return [.. prompts.Where(IsOwed).Order(Sequence.Rank)];

        bool IsOwed(Sequence sequence) => sequence.Priority == first
            && 2 * Math.Max(1, places.GetValueOrDefault(sequence.Client)) <= most;
    }
}
