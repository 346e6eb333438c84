// The only mutable reference to a model. A request leases the current snapshot and keeps it until its last token; a swap changes what the
// next request leases. Knows nothing of the use of snapshots.
using Majlis.Model;

namespace Majlis.Inference;

/// <summary>
/// At most two snapshots are live: the current one, and one on which requests still finish. A third waits; of several waiting, the newest
/// wins. A replaced snapshot is freed after its last lease, on a thread of low priority. Where two do not fit into memory, requests wait at
/// <see cref="EnterAsync"/> between <see cref="Close"/> and <see cref="Open"/>. Thread-safe.
/// </summary>
/// <param name="freed">Called on that thread after a snapshot is freed, for example to return its memory to the system.</param>
public sealed class LiveModel(Action? freed = null) : IDisposable
{
    readonly Lock gate = new();
    Snapshot? current;
    Snapshot? previous;
    LoadedModel? parked;
    // While requests wait for the next snapshot, and until the last of the others is freed.
    TaskCompletionSource? opening, emptied;
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

    /// <summary>Requests that enter wait.</summary>
    public bool IsClosed
    {
        get { lock (gate) return opening is not null; }
    }

    /// <summary>Keeps the current snapshot in memory until disposed; null while nothing is loaded.</summary>
    public ModelLease? Lease()
    {
        lock (gate) return current is null ? null : Hold(current);
    }

    /// <summary>
    /// Holds what is served while a request finds out what it needs, so that it is not freed in between; waits while the model is closed.
    /// Null while nothing is loaded.
    /// </summary>
    public async Task<ModelLease?> EnterAsync(CancellationToken gone)
    {
        while (true)
        {
            Task open;
            lock (gate)
            {
                if (opening is null) return current is null ? null : Hold(current);
                open = opening.Task;
            }
            await open.WaitAsync(gone).ConfigureAwait(false);
        }
    }

    /// <summary>Requests that enter from now on wait. The current snapshot is freed with its last lease; then the task ends.</summary>
    public Task Close()
    {
        lock (gate)
        {
            opening ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
            emptied ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
            if (current is not null) current.Retired = true;
            if (current is { Leases: 0 } idle) Free_NeedsLock(idle);
            if (live == 0) emptied.TrySetResult();
            return emptied.Task;
        }
    }

    /// <summary>Undoes <see cref="Close"/> while requests still hold the current snapshot; false once it is freed.</summary>
    public bool TryReopen()
    {
        lock (gate)
        {
            if (current is null) return false;
            Open();
            return true;
        }
    }

    /// <summary>Lets in the requests that wait, for what is current now.</summary>
    public void Open()
    {
        lock (gate)
        {
            if (current is not null) current.Retired = false;
            OrdinaryPriority.Run(() => opening?.TrySetResult());
            (opening, emptied) = (null, null);
        }
    }

    /// <summary>
    /// Makes the snapshot before the current one current again, at once, if it is of this version and requests still finish on it.
    /// </summary>
    public bool TryReturn(string version)
    {
        lock (gate)
        {
            if (previous is not { Leases: > 0 } || previous.Model.Version != version || current is null || parked is not null) return false;
            (current, previous) = (previous, current);
            (current.Retired, previous.Retired) = (false, true);
            if (previous.Leases == 0) Free_NeedsLock(previous);
            return true;
        }
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
            opening?.TrySetResult();
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
        previous = old;
        if (old is null) return;
        old.Retired = true;
        if (old.Leases == 0) Free_NeedsLock(old);
    }

    void Free_NeedsLock(Snapshot snapshot)
    {
        if (previous == snapshot) previous = null;
        if (current == snapshot) current = null;
        LowPriorityThread.Start("majlis-free", () => Free(snapshot));
    }

    void Free(Snapshot snapshot)
    {
        snapshot.Model.Dispose();
        lock (gate)
        {
            live--;
            if (parked is not null && !disposed) Install_NeedsLock();
            if (live == 0) OrdinaryPriority.Run(() => emptied?.TrySetResult());
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
