// What the next step computes: continuous batching with chunked prefill under a token budget, preemption by recomputation when blocks run
// out. Answers go first, then guesses, then prompts (PromptReading.cs). Clients take turns, and one that has most of the places gives way
// to one that has none. Pure: no tensors, no clock, no I/O, no tasks.
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
    readonly SequenceQueues queues;
    readonly PromptReading prompts;
    readonly Turns turns = new();

    /// <param name="maxBatchTokens">At least <paramref name="maxSequences"/>, so that every running sequence fits into a step.</param>
    /// <param name="cost">The cost of prompt tokens, where steps have a cost limit.</param>
    /// <param name="maxRows">The most prompt tokens and guesses whose logits a step computes, at least one.</param>
    public Scheduler(BlockAllocator blocks, int maxSequences, int maxBatchTokens, PrefillCost? cost = null, int maxRows = int.MaxValue)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxSequences, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxBatchTokens, maxSequences);
        (this.blocks, this.maxSequences, this.maxBatchTokens) = (blocks, maxSequences, maxBatchTokens);
        (budget, queues) = (new(maxBatchTokens, maxRows, cost), new(blocks));
        prompts = new(blocks, queues, budget, maxSequences, maxBatchTokens);
    }

    public IReadOnlyList<Sequence> Running => queues.Running;

    public IReadOnlyList<Sequence> Waiting => queues.Waiting;

    public bool IsIdle => Running.Count == 0 && Waiting.Count == 0;

    public long Preemptions => queues.Preemptions;

    /// <summary>The cost of the prompts in the last planned step.</summary>
    public double PromptCost => budget.PromptCost;

    /// <summary>Running sequences that get their next token in every step.</summary>
    public int Writing => Running.Count(sequence => sequence.Remaining == 1);

    /// <summary>Queues a sequence, which must fit into the cache alone (<see cref="BlockAllocator.Capacity"/>).</summary>
    public void Add(Sequence sequence)
    {
        turns.Enter(sequence, Running.Concat(Waiting).Select(other => other.Turn).DefaultIfEmpty().Min());
        queues.Enter(sequence);
    }

    /// <summary>Removes a sequence, finished or not, and releases its blocks.</summary>
    public void Remove(Sequence sequence)
    {
        if (queues.Leave(sequence)) turns.Leave(sequence);
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
        queues.BeginStep();
        blocks.BeginStep();
        budget.Begin(promptCost);
        MakeRoom();
        var preemptions = Preemptions;
        ScheduleDecodes();
        ScheduleGuesses();
        prompts.Schedule(admits: Preemptions == preemptions && budget.Tokens > 0);
        return queues.Step;
    }

    /// <summary>The step was computed: its tokens are cached, but for the guesses among them.</summary>
    public void Complete()
    {
        foreach (var sequence in queues.Step) blocks.Commit(sequence, sequence.Scheduled - sequence.Guessed);
    }

    /// <summary>The token that was appended last is the one that was guessed: the step has computed it.</summary>
    public void Confirm(Sequence sequence) => blocks.Commit(sequence, 1);

    /// <summary>
    /// Where the first in the queue has no place, the last sequence of a client that has more of them gives way and waits again. A client's
    /// oldest one keeps its place, so that everybody makes progress.
    /// </summary>
    void MakeRoom()
    {
        if (Waiting.Count == 0) return;
        var first = Waiting[0];
        while (Running.Count > 0 && Running[^1] is var last && GivesWay(last, first) && !HasPlace(first)) queues.Preempt(last);
    }

    static bool GivesWay(Sequence last, Sequence first) => last.Client != first.Client
        && (last.Priority > first.Priority || (last.Priority == first.Priority && last.Turn > first.Turn + 1));

    bool HasPlace(Sequence sequence)
    {
        if (Running.Count == maxSequences) return false;
        blocks.Adopt(sequence, blocks.Cached(sequence));
        var fits = blocks.CanHold([.. Running.Where(other => other.Remaining > 1), sequence], maxBatchTokens);
        blocks.Release(sequence);
        return fits;
    }

    /// <summary>Every running sequence that lacks one token gets it, before any prompt is read.</summary>
    void ScheduleDecodes()
    {
        for (var i = 0; i < Running.Count; i++)
        {
            var sequence = Running[i];
            if (sequence.Remaining != 1) continue;
            var extended = blocks.TryExtend(sequence, 1);
            while (!extended)
            {
                var victim = queues.LowestUnscheduled();
                queues.Preempt(victim);
                if (victim == sequence) break;
                extended = blocks.TryExtend(sequence, 1);
            }
            if (!extended)
            {
                i--;
                continue;
            }
            budget.Write();
            queues.Include(sequence, 1);
        }
    }

    /// <summary>Guesses take what no running sequence needs: none gives way for them.</summary>
    void ScheduleGuesses()
    {
        foreach (var sequence in queues.Step)
        {
            var count = Math.Min(budget.Guesses(sequence.Guesses.Length), blocks.Room(sequence, 1 + sequence.Guesses.Length) - 1);
            if (count <= 0 || !blocks.TryExtend(sequence, 1 + count)) continue;
            (sequence.Scheduled, sequence.Guessed) = (1 + count, count);
            budget.Guess(count);
        }
    }
}
