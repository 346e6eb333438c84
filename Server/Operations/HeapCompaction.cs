// Gives the managed heap's memory back after requests that needed much of it and after a version is gone. The collector alone keeps what one
// large body took for the next one, and while nobody asks anything it does not run at all. Knows no request and no version.
namespace Majlis.Server.Operations;

/// <summary>Looks every few seconds whether much was allocated since; a heap that is little used is left alone.</summary>
sealed class HeapCompaction(TimeProvider time) : BackgroundService
{
    static readonly TimeSpan interval = TimeSpan.FromSeconds(10);

    /// <summary>Bytes: a few of the largest bodies, or an hour of ordinary chats.</summary>
    const long Much = 128L << 20;

    // The shared pools let go of an array only when it has lain unused for up to a minute and the collector comes by, a few at a time.
    const int Rounds = 5;
    const int LooksBetween = 3;

    readonly Lock collecting = new();
    long seen = GC.GetTotalAllocatedBytes();
    int rounds, pause;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken)) Look();
    }

    /// <summary>Collects now. Everything stands still for it, some tenths of a second where the heap is large.</summary>
    public void Collect()
    {
        lock (collecting)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            seen = GC.GetTotalAllocatedBytes();
        }
    }

    void Look()
    {
        if (GC.GetTotalAllocatedBytes() - Volatile.Read(ref seen) >= Much) (rounds, pause) = (Rounds, 0);
        if (rounds == 0 || pause-- > 0) return;
        Collect();
        (rounds, pause) = (rounds - 1, LooksBetween);
    }
}
