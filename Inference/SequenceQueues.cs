// Which sequences run and which wait, in order of rank, and which are in the current step. Decides nothing of who goes first.
namespace Majlis.Inference;

/// <summary>Used by one thread.</summary>
sealed class SequenceQueues(BlockAllocator blocks)
{
    readonly List<Sequence> running = [];
    readonly List<Sequence> waiting = [];
    readonly List<Sequence> step = [];

    public IReadOnlyList<Sequence> Running => running;

    public IReadOnlyList<Sequence> Waiting => waiting;

    /// <summary>The sequences of the current step.</summary>
    public IReadOnlyList<Sequence> Step => step;

    public long Preemptions { get; private set; }

    public void BeginStep()
    {
        foreach (var sequence in step) (sequence.Scheduled, sequence.Guessed) = (0, 0);
        step.Clear();
    }

    /// <summary>The current step computes so many tokens of a running sequence.</summary>
    public void Include(Sequence sequence, int count)
    {
        sequence.Scheduled = count;
        step.Add(sequence);
    }

    /// <summary>A sequence waits.</summary>
    public void Enter(Sequence sequence) => Insert(waiting, sequence);

    /// <summary>A sequence is gone; false where it was in no queue.</summary>
    public bool Leave(Sequence sequence)
    {
        step.Remove(sequence);
        return Take(running, sequence) || Take(waiting, sequence);
    }

    public bool Runs(Sequence sequence) => running.BinarySearch(sequence, Sequence.Rank) >= 0;

    /// <summary>A waiting sequence begins to run.</summary>
    public void Start(Sequence sequence)
    {
        Take(waiting, sequence);
        Insert(running, sequence);
    }

    /// <summary>A running sequence gives its blocks back and waits.</summary>
    public void Preempt(Sequence sequence)
    {
        Preemptions++;
        Take(running, sequence);
        blocks.Release(sequence);
        Insert(waiting, sequence);
    }

    /// <summary>The last of the running sequences that have no part in the step yet.</summary>
    public Sequence LowestUnscheduled()
    {
        for (var i = running.Count - 1; i >= 0; i--)
            if (running[i].Scheduled == 0) return running[i];
        throw new InvalidOperationException("The sequence that asks for blocks is itself not scheduled yet.");
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
