// The only mutable reference to a model. A request leases the current snapshot and keeps it until its last token; a swap changes what the
// next request leases. Knows nothing of the use of snapshots.
namespace Majlis.Inference;

/// <summary>
/// At most two snapshots are live: the current one, and one on which requests still finish. A third waits; of several waiting, the newest
/// wins. A replaced snapshot is freed after its last lease, on a thread of low priority. Thread-safe.
/// </summary>
/// <param name="freed">Called on that thread after a snapshot is freed, for example to return its memory to the system.</param>
public sealed class LiveModel(Action? freed = null) : IDisposable
{
    readonly Lock gate = new();
    Snapshot? current;
    LoadedModel? parked;
    int live;
    bool disposed;

    /// <summary>The snapshot that the next request would lease; null while nothing is loaded.</summary>
    public LoadedModel? Current => Volatile.Read(ref current)?.Model;

    /// <summary>False while a swap would have to wait. A loader checks it first, so that three versions are never in memory.</summary>
    public bool HasRoom
    {
        get { lock (gate) return live < 2 && parked is null; }
    }

    /// <summary>Snapshots in memory: two while requests still finish on the one before, a third never.</summary>
    public int Versions
    {
        get { lock (gate) return live; }
    }

    /// <summary>Keeps the current snapshot in memory until disposed; null while nothing is loaded.</summary>
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

    /// <summary>Frees everything; a leased snapshot is freed after its last lease.</summary>
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

    internal ModelLease Hold(Snapshot snapshot, ModelAdapter? adapter = null)
    {
        // It is current under the lock, or another lease holds it: its count cannot be dropping to zero.
        Interlocked.Increment(ref snapshot.Leases);
        return new(this, snapshot, adapter);
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

/// <summary>Keeps one snapshot in memory, and the adapter on it where there is one. Disposing it again has no effect.</summary>
public sealed class ModelLease : IDisposable
{
    readonly LiveModel owner;
    readonly LiveModel.Snapshot snapshot;
    readonly ModelAdapter? adapter;
    int released;

    internal ModelLease(LiveModel owner, LiveModel.Snapshot snapshot, ModelAdapter? adapter = null) =>
        (this.owner, this.snapshot, this.adapter) = (owner, snapshot, adapter);

    public LoadedModel Model => snapshot.Model;

    /// <summary>What requests with this lease are computed with, as clients see it: the model's, or that of the adapter on it.</summary>
    public string Version => adapter?.Identity.Version ?? Model.Version;

    public string WeightsHash => adapter?.Identity.WeightsHash ?? Model.WeightsHash;

    /// <summary>The adapter's index on the network; -1 without one.</summary>
    internal int Adapter => adapter?.Index ?? -1;

    /// <summary>What tells the adapter's cached blocks from others; null without one.</summary>
    internal string? AdapterKey => adapter?.Identity.WeightsHash;

    /// <summary>Another lease on the same snapshot and adapter, with its own lifetime.</summary>
    public ModelLease Share()
    {
        ObjectDisposedException.ThrowIf(released != 0, this);
        return owner.Hold(snapshot, adapter is null ? null : Model.Adapters.Hold(adapter));
    }

    /// <summary>Another lease on the same snapshot, with the adapter of this name; null where it serves none.</summary>
    public ModelLease? Adapted(string name)
    {
        ObjectDisposedException.ThrowIf(released != 0, this);
        return Model.Adapters.Hold(name) is { } wanted ? owner.Hold(snapshot, wanted) : null;
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref released, 1) != 0) return;
        if (adapter is not null) Model.Adapters.Release(adapter);
        owner.Release(snapshot);
    }
}
