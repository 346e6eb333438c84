// The one mutable reference to a model. A request leases the snapshot it begins with and keeps it to its last token; a swap
// changes what the next request leases. Knows nothing of what snapshots are used for.
namespace Majlis.Inference;

/// <summary>
/// At most two snapshots are live: the current one and one that requests still finish on. A third waits, and the newest of those
/// waiting wins. A replaced snapshot is freed with its last lease, on a thread of low priority. Safe for all threads.
/// </summary>
/// <param name="freed">Called on that thread once a snapshot is gone, such as to give its memory back to the system.</param>
public sealed class LiveModel(Action? freed = null) : IDisposable
{
    readonly Lock gate = new();
    Snapshot? current;
    LoadedModel? parked;
    int live;
    bool disposed;

    /// <summary>What the next request would lease; null while nothing is loaded.</summary>
    public LoadedModel? Current => Volatile.Read(ref current)?.Model;

    /// <summary>False while a swap would have to wait: a loader asks first, so that three versions are never in memory.</summary>
    public bool HasRoom
    {
        get { lock (gate) return live < 2 && parked is null; }
    }

    /// <summary>Holds the current snapshot in memory until disposed; null while nothing is loaded.</summary>
    public ModelLease? Lease()
    {
        lock (gate) return current is null ? null : Hold(current);
    }

    /// <summary>Makes <paramref name="next"/> current: at once, or as soon as one of two live snapshots is freed.</summary>
    public void Swap(LoadedModel next)
    {
        LoadedModel? superseded;
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            superseded = parked;
            parked = next;
            if (live < 2) Install_NeedsLock();
        }
        superseded?.Dispose();
    }

    /// <summary>Frees everything; what is still leased goes with its last lease.</summary>
    public void Dispose()
    {
        LoadedModel? idle = null, never;
        lock (gate)
        {
            disposed = true;
            (never, parked) = (parked, null);
            if (current is { Leases: 0 }) idle = current.Model;
            if (current is not null) current.Retired = true;
            current = null;
        }
        never?.Dispose();
        idle?.Dispose();
    }

    internal ModelLease Hold(Snapshot snapshot)
    {
        // Either current under the lock, or held by another lease: its count cannot be on its way to zero.
        Interlocked.Increment(ref snapshot.Leases);
        return new(this, snapshot);
    }

    internal void Release(Snapshot snapshot)
    {
        lock (gate)
            if (Interlocked.Decrement(ref snapshot.Leases) == 0 && snapshot.Retired) Free_NeedsLock(snapshot);
    }

    void Install_NeedsLock()
    {
        var old = current;
        current = new(parked!);
        parked = null;
        live++;
        if (old is null) return;
        old.Retired = true;
        if (old.Leases == 0) Free_NeedsLock(old);
    }

    void Free_NeedsLock(Snapshot snapshot)
    {
        var thread = new Thread(() => Free(snapshot)) { IsBackground = true, Priority = ThreadPriority.Lowest };
        thread.Start();
    }

    void Free(Snapshot snapshot)
    {
        snapshot.Model.Dispose();
        lock (gate)
        {
            live--;
            if (parked is not null && !disposed) Install_NeedsLock();
        }
        freed?.Invoke();
    }

    /// <summary>A loaded model with the number of its leases.</summary>
    internal sealed class Snapshot(LoadedModel model)
    {
        public int Leases;

        public LoadedModel Model => model;

        /// <summary>No longer current: the last lease frees it.</summary>
        public bool Retired { get; set; }
    }
}

/// <summary>Keeps one snapshot in memory. Dispose once; more often does no harm.</summary>
public sealed class ModelLease : IDisposable
{
    readonly LiveModel owner;
    readonly LiveModel.Snapshot snapshot;
    int released;

    internal ModelLease(LiveModel owner, LiveModel.Snapshot snapshot) => (this.owner, this.snapshot) = (owner, snapshot);

    public LoadedModel Model => snapshot.Model;

    /// <summary>True once a newer snapshot has taken this one's place.</summary>
    public bool IsReplaced => snapshot.Retired;

    /// <summary>Another lease on the same snapshot, for whoever outlives this one.</summary>
    public ModelLease Share()
    {
        ObjectDisposedException.ThrowIf(released != 0, this);
        return owner.Hold(snapshot);
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref released, 1) == 0) owner.Release(snapshot);
    }
}
