// Returns managed heap memory to the system after large requests and after a version is freed. Otherwise the collector keeps the memory of
// one large body for the next one, and an idle server does not collect at all. Knows no request and no version.
namespace Majlis.Server.Operations;

/// <summary>Checks every few seconds whether much was allocated since; a heap with few allocations is left alone.</summary>
sealed class HeapCompaction(TimeProvider time) : BackgroundService
{
    static readonly TimeSpan interval = TimeSpan.FromSeconds(10);

    /// <summary>Bytes: as many as a few of the largest bodies, or an hour of ordinary chats.</summary>
    const long Much = 128L << 20;

    // The shared pools release an array only after it was unused for up to a minute and during a collection, a few at a time.
    const int Rounds = 5;
    const int LooksBetween = 3;

    readonly Lock collecting = new();
    long seen = GC.GetTotalAllocatedBytes();
    int rounds, pause;

    /// <summary>Whether answers are being written: then nothing pauses them, and memory is returned once they have ended.</summary>
    public Func<bool> IsBusy { get; set; } = () => false;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken)) Look();
    }

    /// <summary>
    /// Collects now. All threads pause, for some tenths of a second where the heap is large; while answers are being written, it collects
    /// beside them and makes up for the rest later.
    /// </summary>
    public void Collect()
    {
        lock (collecting)
        {
            if (IsBusy())
            {
                rounds = Math.Max(rounds, 1);
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: false);
                return;
            }
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            seen = GC.GetTotalAllocatedBytes();
        }
    }

    void Look()
    {
        if (GC.GetTotalAllocatedBytes() - Volatile.Read(ref seen) >= Much) (rounds, pause) = (Rounds, 0);
        if (rounds == 0 || pause-- > 0 || IsBusy()) return;
        Collect();
        (rounds, pause) = (rounds - 1, LooksBetween);
    }
}
