// Threads that run one body together, with a barrier that spins and work that is claimed item by item. At work each may stay on a core of
// its own, at rest they are parked. Knows nothing of the work.
using Majlis.Model;

namespace Majlis.Cpu.Threads;

/// <summary>The caller of <see cref="Run"/> is member 0; the others are threads of the team's own. One caller at a time.</summary>
sealed class Team : IDisposable
{
    // While an answer is written, a step follows the last one within some hundred microseconds; later a member parks.
    const int SpinsBeforeParking = 5000;

    // Then the core that is waited for belongs to someone else for now, who may want this one.
    const int SpinsBeforeYielding = 2000;
    const int SpinsBetweenYields = 100;

    readonly Lock starting = new();
    readonly Thread[] threads;
    readonly MemberCores? cores;
    readonly object park = new();
    readonly PaddedCounter arrived = new();
    readonly PaddedCounter phase = new();
    readonly PaddedCounter claimed = new();
    readonly PaddedCounter finished = new();
    readonly PaddedCounter generation = new();
    volatile Action<int>? body;
    volatile Exception? failure;
    volatile bool isOver;
    int parked;

    /// <param name="members">At least 1.</param>
    public Team(int members)
    {
        Members = members;
        cores = MemberCores.For(members);
        threads = new Thread[members - 1];
        for (var i = 0; i < threads.Length; i++)
        {
            var member = i + 1;
            threads[i] = new Thread(() => Work(member)) { IsBackground = true, Name = $"cpu {member}" };
        }
        // Whoever loads a network, all of its steps' threads are alike: the slowest one decides.
        OrdinaryPriority.Run(() => Array.ForEach(threads, thread => thread.Start()));
    }

    public int Members { get; }

    /// <summary>Every member runs <paramref name="work"/> with its number; returns when all have.</summary>
    /// <exception cref="Exception">What a member threw first.</exception>
    public void Run(Action<int> work)
    {
        lock (starting)
        {
            ObjectDisposedException.ThrowIf(isOver, this);
            (body, failure, arrived.Value, claimed.Value, finished.Value) = (work, null, 0, 0, 0);
            Interlocked.Increment(ref generation.Value);
            if (Volatile.Read(ref parked) > 0)
                lock (park) Monitor.PulseAll(park);
            cores?.Stay(0);
            Call(0);
            for (var i = 0; Volatile.Read(ref finished.Value) < Members; i++) Wait(i);
            // The caller's thread has other work too.
            cores?.Leave();
            body = null;
            if (failure is { } thrown) throw new InvalidOperationException($"A step of the network failed: {thrown.Message}", thrown);
        }
    }

    /// <summary>Waits until every member is here. What they wrote before is seen by all after.</summary>
    /// <exception cref="OperationCanceledException">Another member failed and will not come.</exception>
    public void Sync()
    {
        var now = Volatile.Read(ref phase.Value);
        if (Interlocked.Increment(ref arrived.Value) == Members)
        {
            arrived.Value = 0;
            claimed.Value = 0;
            Volatile.Write(ref phase.Value, now + 1);
            return;
        }
        for (var i = 0; Volatile.Read(ref phase.Value) == now; i++)
        {
            if (failure is not null) throw new OperationCanceledException("Another member failed.");
            Wait(i);
        }
    }

    /// <summary>
    /// Claims items 0 .. count - 1 for the members, one call after another gets the next one; false when none is left. All members must
    /// pass a barrier before they claim items of the next kind.
    /// </summary>
    public bool TryClaim(int count, out int item)
    {
        item = Volatile.Read(ref claimed.Value) < count ? Interlocked.Increment(ref claimed.Value) - 1 : count;
        return item < count;
    }

    public void Dispose()
    {
        lock (starting)
        {
            if (isOver) return;
            isOver = true;
            Interlocked.Increment(ref generation.Value);
            lock (park) Monitor.PulseAll(park);
        }
        foreach (var thread in threads) thread.Join();
    }

    void Work(int member)
    {
        cores?.Stay(member);
        for (var seen = 0; ;)
        {
            seen = WaitForWork(seen);
            if (isOver) return;
            Call(member);
        }
    }

    void Call(int member)
    {
        try
        {
            body!(member);
        }
        catch (OperationCanceledException) when (failure is not null)
        {
            // Another member's failure is the one to tell of.
        }
        catch (Exception error)
        {
            failure ??= error;
        }
        Interlocked.Increment(ref finished.Value);
    }

    int WaitForWork(int seen)
    {
        for (var i = 0; i < SpinsBeforeParking; i++)
        {
            if (Volatile.Read(ref generation.Value) != seen) return generation.Value;
            Thread.SpinWait(1);
        }
        lock (park)
        {
            Interlocked.Increment(ref parked);
            while (Volatile.Read(ref generation.Value) == seen) Monitor.Wait(park);
            Interlocked.Decrement(ref parked);
        }
        return generation.Value;
    }

    static void Wait(int turn)
    {
        if (turn > SpinsBeforeYielding && turn % SpinsBetweenYields == 0) Thread.Yield();
        else Thread.SpinWait(1);
    }
}
