// What the next step computes: continuous batching with chunked prefill under a token budget, first come first served within a
// priority, preemption by recomputation when blocks run out. Pure: no tensors, no clock, no I/O, no tasks.
namespace Majlis.Inference;

/// <summary>
/// Used by one thread. Call <see cref="Schedule"/>, compute, call <see cref="Complete"/> (or <see cref="Remove"/> what failed), then append
/// tokens.
/// </summary>
public sealed class Scheduler
{
    // Read in every step whatever they cost, so that a prompt makes progress.
    const int FewestPromptTokens = 16;

    readonly BlockAllocator blocks;
    readonly int maxSequences;
    readonly int maxBatchTokens;
    readonly PrefillCost? cost;
    // All lists are in order of rank.
    readonly List<Sequence> running = [];
    readonly List<Sequence> waiting = [];
    readonly List<Sequence> step = [];
    int budget;
    double allowance;

    /// <param name="maxBatchTokens">At least <paramref name="maxSequences"/>, so that every running sequence fits into a step.</param>
    /// <param name="cost">The cost of prompt tokens, where steps have a cost limit.</param>
    public Scheduler(BlockAllocator blocks, int maxSequences, int maxBatchTokens, PrefillCost? cost = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxSequences, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxBatchTokens, maxSequences);
        (this.blocks, this.maxSequences, this.maxBatchTokens, this.cost) = (blocks, maxSequences, maxBatchTokens, cost);
    }

    public IReadOnlyList<Sequence> Running => running;

    public IReadOnlyList<Sequence> Waiting => waiting;

    public bool IsIdle => running.Count == 0 && waiting.Count == 0;

    public long Preemptions { get; private set; }

    /// <summary>The cost of the prompts in the last planned step.</summary>
    public double PromptCost { get; private set; }

    /// <summary>Running sequences that get their next token in every step.</summary>
    public int Writing => running.Count(sequence => sequence.Remaining == 1);

    /// <summary>Queues a sequence, which must fit into the cache alone (<see cref="BlockAllocator.Capacity"/>).</summary>
    public void Add(Sequence sequence) => Insert(waiting, sequence);

    /// <summary>Removes a sequence, finished or not, and releases its blocks.</summary>
    public void Remove(Sequence sequence)
    {
        if (!Take(running, sequence)) Take(waiting, sequence);
        step.Remove(sequence);
        sequence.Scheduled = 0;
        blocks.Release(sequence);
    }

    /// <summary>Plans a step: the sequences in it, each with <see cref="Sequence.Scheduled"/> tokens; none when idle.</summary>
    /// <param name="promptCost">The cost limit of its prompts; a few tokens are read whatever they cost, unless it is negative.</param>
    public IReadOnlyList<Sequence> Schedule(double promptCost = double.PositiveInfinity)
    {
        foreach (var sequence in step) sequence.Scheduled = 0;
        step.Clear();
        blocks.BeginStep();
        (budget, allowance, PromptCost) = (maxBatchTokens, promptCost, 0);
        var preemptions = Preemptions;
        ScheduleDecodes();
        SchedulePrefills();
        if (Preemptions == preemptions) Admit();
        return step;
    }

    /// <summary>The step was computed: its tokens are cached.</summary>
    public void Complete()
    {
        foreach (var sequence in step) blocks.Commit(sequence, sequence.Scheduled);
    }

    /// <summary>Every running sequence that lacks one token gets it, before any prompt is read.</summary>
    void ScheduleDecodes()
    {
        for (var i = 0; i < running.Count; i++)
        {
            var sequence = running[i];
            if (sequence.Remaining != 1) continue;
            var extended = blocks.TryExtend(sequence, 1);
            while (!extended)
            {
                var victim = LowestUnscheduled();
                Preempt(victim);
                if (victim == sequence) break;
                extended = blocks.TryExtend(sequence, 1);
            }
            if (extended) Include(sequence, 1);
            else i--;
        }
    }

    /// <summary>Prompts in progress get the rest of the budget, in order of rank.</summary>
    void SchedulePrefills()
    {
        for (var i = 0; i < running.Count && budget > 0; i++)
        {
            var sequence = running[i];
            if (sequence.Scheduled > 0 || Wanted(sequence) is not (> 0 and var wanted)) continue;
            var count = blocks.Room(sequence, wanted);
            // If no sequence of lower rank can be preempted, it waits: the scheduled ones make progress and end.
            for (Sequence victim; count <= 0 && (victim = LowestUnscheduled()) != sequence; count = blocks.Room(sequence, wanted))
                Preempt(victim);
            if (count > 0 && blocks.TryExtend(sequence, count)) Read(sequence, count);
        }
    }

    /// <summary>
    /// Admits waiting sequences while all their tokens fit. None overtakes one that waits for blocks. A sequence whose prefix is computed
    /// in this step lets others pass, and finds it cached in the next.
    /// </summary>
    void Admit()
    {
        for (var i = 0; i < waiting.Count && running.Count < maxSequences && budget > 0;)
        {
            var sequence = waiting[i];
            var cached = blocks.Cached(sequence);
            if (blocks.IsUnderway(sequence, cached)) { i++; continue; }
            blocks.Adopt(sequence, cached);
            var count = Wanted(sequence);
            if (count == 0 || !blocks.CanHold(sequence, sequence.Length + 1, maxBatchTokens) || (count = blocks.Room(sequence, count)) <= 0)
            {
                blocks.Release(sequence);
                return;
            }
            sequence.CachedPrompt ??= cached;
            blocks.TryExtend(sequence, count);
            waiting.RemoveAt(i);
            Insert(running, sequence);
            Read(sequence, count);
        }
    }

    /// <summary>How many prompt tokens may be read in this step; the step's first prompt always gets a few.</summary>
    int Wanted(Sequence sequence)
    {
        var most = Math.Min(sequence.Remaining, budget);
        if (cost is null || double.IsPositiveInfinity(allowance)) return most;
        var least = allowance < 0 || PromptCost > 0 ? 0 : Math.Min(most, FewestPromptTokens);
        return Math.Max(least, cost.Tokens(allowance - PromptCost, sequence.Computed, most));
    }

    void Read(Sequence sequence, int count)
    {
        PromptCost += cost?.Of(count, sequence.Computed) ?? 0;
        Include(sequence, count);
    }

    void Include(Sequence sequence, int count)
    {
        sequence.Scheduled = count;
        step.Add(sequence);
        budget -= count;
    }

    Sequence LowestUnscheduled()
    {
        for (var i = running.Count - 1; i >= 0; i--)
            if (running[i].Scheduled == 0) return running[i];
        throw new InvalidOperationException("The sequence that asks for blocks is itself not scheduled yet.");
    }

    void Preempt(Sequence sequence)
    {
        Preemptions++;
        Take(running, sequence);
        blocks.Release(sequence);
        Insert(waiting, sequence);
    }

    static void Insert(List<Sequence> list, Sequence sequence)
    {
        var at = list.BinarySearch(sequence, Sequence.Rank);
        if (at >= 0) throw new InvalidOperationException($"Sequence {sequence.Number} is in the list already.");
        list.Insert(~at, sequence);
    }

    static bool Take(List<Sequence> list, Sequence sequence)
    {
        var at = list.BinarySearch(sequence, Sequence.Rank);
        if (at >= 0) list.RemoveAt(at);
        return at >= 0;
    }
}
