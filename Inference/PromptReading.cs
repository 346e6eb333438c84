// Which prompts a step reads, and how much of each. Within a priority, every other step reads the oldest prompt first, and the steps
// between the shortest: a short prompt soon has its first token, and a long one has half of all steps at least. Pure.
namespace Majlis.Inference;

/// <summary>Used by one thread, once a step, after the running answers have their tokens.</summary>
sealed class PromptReading(BlockAllocator blocks, SequenceQueues queues, StepBudget budget, int maxSequences, int maxBatchTokens)
{
    // This step's unfinished prompts, and those of them that wait and hold the cached blocks of their prefix meanwhile.
    readonly List<Sequence> prompts = [];
    readonly List<Sequence> candidates = [];
    readonly OwedPrompts owed = new();
    bool shortestFirst;

    /// <summary>Prompts get what is left of the step's budget.</summary>
    /// <param name="admits">Whether waiting sequences may begin to run.</param>
    public void Schedule(bool admits)
    {
        prompts.Clear();
        prompts.AddRange(queues.Running.Where(sequence => sequence.Scheduled == 0));
        if (admits) AddCandidates();
        Serve();
        foreach (var sequence in candidates) blocks.Release(sequence);
        candidates.Clear();
    }

    /// <summary>
    /// Waiting sequences that could run at once, with all their tokens and those that running prompts still lack. None overtakes one that
    /// waits for blocks.
    /// </summary>
    void AddCandidates()
    {
        for (var i = 0; i < queues.Waiting.Count && queues.Running.Count + i < maxSequences; i++)
        {
            var sequence = queues.Waiting[i];
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

    void Serve()
    {
        var preemptions = queues.Preemptions;
        var first = owed.Of(prompts, queues.Running);
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
        if (queues.Runs(sequence)) Continue(sequence);
        else if (queues.Preemptions == preemptions) Admit(sequence);
    }

    void Continue(Sequence sequence)
    {
        if (budget.Wanted(sequence) is not (> 0 and var wanted)) return;
        var count = blocks.Room(sequence, wanted);
        // If no sequence of lower rank can be preempted, it waits: the scheduled ones make progress and end.
        for (Sequence victim; count <= 0 && (victim = queues.LowestUnscheduled()) != sequence; count = blocks.Room(sequence, wanted))
            queues.Preempt(victim);
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
        queues.Start(sequence);
        Read(sequence, count);
    }

    void Read(Sequence sequence, int count)
    {
        budget.Read(sequence, count);
        queues.Include(sequence, count);
    }
}
