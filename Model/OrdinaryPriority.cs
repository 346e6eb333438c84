// The process's own priority for what threads of low priority start. On Linux a thread begins with the niceness of the thread that makes it
// and can hardly ever be raised again; .NET's pool makes its threads on whichever thread brings it work. Knows no work.
using System.Collections.Concurrent;

namespace Majlis.Model;

public static class OrdinaryPriority
{
    static readonly BlockingCollection<Action> asked = [];
    static readonly Lazy<Thread> keeper = new(() =>
    {
        var thread = new Thread(Work) { IsBackground = true, Name = "ordinary priority" };
        thread.Start();
        return thread;
    });

    [ThreadStatic]
    static bool isLeft;

    /// <summary>Called by a thread just before it lowers its priority for good.</summary>
    public static void Leave()
    {
        // Made while this thread still has what the other is to keep.
        _ = keeper.Value;
        isLeft = true;
    }

    /// <summary>
    /// Runs what starts threads or gives the pool work: at once on most threads, for a thread that has left this priority on one that keeps
    /// it. Returns when it has run.
    /// </summary>
    /// <param name="start">Short, and throws nothing.</param>
    public static void Run(Action start)
    {
        if (!isLeft)
        {
            start();
            return;
        }
        using var done = new ManualResetEventSlim();
        asked.Add(() =>
        {
            start();
            done.Set();
        });
        done.Wait();
    }

    static void Work()
    {
        foreach (var start in asked.GetConsumingEnumerable()) start();
    }
}
