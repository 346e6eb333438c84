// What the next step computes: continuous batching with chunked prefill under a token budget, preemption by recomputation when blocks run
// out. Within a priority, every other step reads the oldest prompt first, and the steps between the shortest: a short prompt soon has its
// first token, and a long one has half of all steps at least. Clients take turns, and one that has most of the places gives way to one that
// has none. Pure: no tensors, no clock, no I/O, no tasks.
namespace Majlis.Inference;

/// <summary>
/// Used by one thread. Call <see cref="Schedule"/>, compute, call <see cref="Complete"/> (or <see cref="Remove"/> what failed), then append
/// tokens.
/// </summary>
public sealed class Scheduler
{
    readonly BlockAllocator blocks;
    readonly int maxSequences;
    readonly int maxBatchTokens;
    readonly StepBudget budget;
    // All lists are in order of rank.
    readonly List<Sequence> running = [];
    readonly List<Sequence> waiting = [];
    readonly List<Sequence> step = [];
    // This step's unfinished prompts, and those of them that wait and hold the cached blocks of their prefix meanwhile.
    readonly List<Sequence> prompts = [];
    readonly List<Sequence> candidates = [];
    readonly Turns turns = new();
    readonly OwedPrompts owed = new();
    bool shortestFirst;

    /// <param name="maxBatchTokens">At least <paramref name="maxSequences"/>, so that every running sequence fits into a step.</param>
    /// <param name="cost">The cost of prompt tokens, where steps have a cost limit.</param>
    /// <param name="maxRows">The most prompt tokens and guesses whose logits a step computes, at least one.</param>
    public Scheduler(BlockAllocator blocks, int maxSequences, int maxBatchTokens, PrefillCost? cost = null, int maxRows = int.MaxValue)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxSequences, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxBatchTokens, maxSequences);
        (this.blocks, this.maxSequences, this.maxBatchTokens) = (blocks, maxSequences, maxBatchTokens);
        budget = new(maxBatchTokens, maxRows, cost);
    }

    public IReadOnlyList<Sequence> Running => running;

    public IReadOnlyList<Sequence> Waiting => waiting;

    public bool IsIdle => running.Count == 0 && waiting.Count == 0;

    public long Preemptions { get; private set; }

    /// <summary>The cost of the prompts in the last planned step.</summary>
    public double PromptCost => budget.PromptCost;

    /// <summary>Running sequences that get their next token in every step.</summary>
    public int Writing => running.Count(sequence => sequence.Remaining == 1);

    /// <summary>Queues a sequence, which must fit into the cache alone (<see cref="BlockAllocator.Capacity"/>).</summary>
    public void Add(Sequence sequence)
    {
        turns.Enter(sequence, running.Concat(waiting).Select(other => other.Turn).DefaultIfEmpty().Min());
        Insert(waiting, sequence);
    }

    /// <summary>Removes a sequence, finished or not, and releases its blocks.</summary>
    public void Remove(Sequence sequence)
    {
        if (Take(running, sequence) || Take(waiting, sequence)) turns.Leave(sequence);
        step.Remove(sequence);
        (sequence.Scheduled, sequence.Guessed) = (0, 0);
        blocks.Release(sequence);
    }

    /// <summary>Computes a sequence anew, with keys under another root: those in the cache no longer hold.</summary>
    public void Restart(Sequence sequence, BlockKey root)
    {
        Remove(sequence);
        sequence.Renew(root);
        Add(sequence);
    }

    /// <summary>Plans a step: the sequences in it, each with <see cref="Sequence.Scheduled"/> tokens; none when idle.</summary>
    /// <param name="promptCost">The cost limit of its prompts; a few tokens are read whatever they cost, unless it is negative.</param>
    public IReadOnlyList<Sequence> Schedule(double promptCost = double.PositiveInfinity)
    {
        foreach (var sequence in step) (sequence.Scheduled, sequence.Guessed) = (0, 0);
        step.Clear();
        blocks.BeginStep();
        budget.Begin(promptCost);
        MakeRoom();
        var preemptions = Preemptions;
        ScheduleDecodes();
        ScheduleGuesses();
        prompts.Clear();
        prompts.AddRange(running.Where(sequence => sequence.Scheduled == 0));
        if (Preemptions == preemptions && budget.Tokens > 0) AddCandidates();
        SchedulePrompts();
        foreach (var sequence in candidates) blocks.Release(sequence);
        candidates.Clear();
        return step;
    }

    /// <summary>The step was computed: its tokens are cached, but for the guesses among them.</summary>
    public void Complete()
    {
        foreach (var sequence in step) blocks.Commit(sequence, sequence.Scheduled - sequence.Guessed);
    }

    /// <summary>The token that was appended last is the one that was guessed: the step has computed it.</summary>
    public void Confirm(Sequence sequence) => blocks.Commit(sequence, 1);

    /// <summary>
    /// Where the first in the queue has no place, the last sequence of a client that has more of them gives way and waits again. A client's
    /// oldest one keeps its place, so that everybody makes progress.
    /// </summary>
    void MakeRoom()
    {
        if (waiting.Count == 0) return;
        var first = waiting[0];
        while (running.Count > 0 && running[^1] is var last && GivesWay(last, first) && !HasPlace(first)) Preempt(last);
    }

    static bool GivesWay(Sequence last, Sequence first) => last.Client != first.Client
        && (last.Priority > first.Priority || (last.Priority == first.Priority && last.Turn > first.Turn + 1));

    bool HasPlace(Sequence sequence)
    {
        if (running.Count == maxSequences) return false;
        blocks.Adopt(sequence, blocks.Cached(sequence));
        var fits = blocks.CanHold([.. running.Where(other => other.Remaining > 1), sequence], maxBatchTokens);
        blocks.Release(sequence);
        return fits;
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
            if (!extended)
            {
                i--;
                continue;
            }
            budget.Write();
            Include(sequence, 1);
        }
    }

    /// <summary>Guesses take what no running sequence needs: none gives way for them.</summary>
    void ScheduleGuesses()
    {
        foreach (var sequence in step)
        {
            var count = Math.Min(budget.Guesses(sequence.Guesses.Length), blocks.Room(sequence, 1 + sequence.Guesses.Length) - 1);
            if (count <= 0 || !blocks.TryExtend(sequence, 1 + count)) continue;
            (sequence.Scheduled, sequence.Guessed) = (1 + count, count);
            budget.Guess(count);
        }
    }

    /// <summary>
    /// Waiting sequences that could run at once, with all their tokens and those that running prompts still lack. None overtakes one that
    /// waits for blocks.
    /// </summary>
    void AddCandidates()
    {
        for (var i = 0; i < waiting.Count && running.Count + i < maxSequences; i++)
        {
            var sequence = waiting[i];
            blocks.Adopt(sequence, blocks.Cached(sequence));
            prompts.Add(sequence);
            if (!blocks.CanHold(prompts, maxBatchTokens))
            {
                prompts.Remove(sequence);
                blocks.Release(sequence);
                return;
            }
            candidates.Add(sequence);
        }
    }

    /// <summary>Prompts get the rest of the budget.</summary>
    void SchedulePrompts()
    {
        var preemptions = Preemptions;
        var first = owed.Of(prompts, running);
        if (first.Count > 0) budget.Owe();
        foreach (var sequence in first) Serve(sequence, preemptions);
        if (first.Count > 0) return;
        if (prompts.Count > 1) shortestFirst = !shortestFirst;
        budget.Allow(prompts);
        prompts.Sort(shortestFirst ? Sequence.ShortestFirst : Sequence.Rank);
        foreach (var sequence in prompts) Serve(sequence, preemptions);
    }

    void Serve(Sequence sequence, long preemptions)
    {
        if (budget.Tokens == 0) return;
        if (running.BinarySearch(sequence, Sequence.Rank) >= 0) Continue(sequence);
        else if (Preemptions == preemptions) Admit(sequence);
    }

    void Continue(Sequence sequence)
    {
        if (budget.Wanted(sequence) is not (> 0 and var wanted)) return;
        var count = blocks.Room(sequence, wanted);
        // If no sequence of lower rank can be preempted, it waits: the scheduled ones make progress and end.
        for (Sequence victim; count <= 0 && (victim = LowestUnscheduled()) != sequence; count = blocks.Room(sequence, wanted))
            Preempt(victim);
        if (count > 0 && blocks.TryExtend(sequence, count)) Read(sequence, count);
    }

    /// <summary>
    /// A candidate begins to run. If its prefix is computed in this step, it lets others pass, and finds it cached in the next.
    /// </summary>
    void Admit(Sequence sequence)
    {
        if (blocks.IsUnderway(sequence, sequence.Computed)) return;
        var count = budget.Wanted(sequence);
        if (count == 0 || (count = blocks.Room(sequence, count)) <= 0) return;
        sequence.CachedPrompt ??= sequence.Computed;
        blocks.TryExtend(sequence, count);
        candidates.Remove(sequence);
        Take(waiting, sequence);
        Insert(running, sequence);
        Read(sequence, count);
    }

    void Read(Sequence sequence, int count)
    {
        budget.Read(sequence, count);
        Include(sequence, count);
    }

    void Include(Sequence sequence, int count)
    {
        sequence.Scheduled = count;
        step.Add(sequence);
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
