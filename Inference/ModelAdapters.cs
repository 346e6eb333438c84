// The adapters on one model's network, by name. An adapter that is taken away is freed with the last lease that uses it. Knows no folder.
using Majlis.Model;
using Majlis.Model.Adapters;

namespace Majlis.Inference;

/// <summary>Thread-safe.</summary>
public sealed class ModelAdapters(INetwork network)
{
    readonly Lock gate = new();
    readonly Dictionary<string, ModelAdapter> served = new(StringComparer.Ordinal);
    readonly Dictionary<string, string> refused = new(StringComparer.Ordinal);

    /// <summary>The names that requests can ask for, in order.</summary>
    public IReadOnlyList<string> Names
    {
        get { lock (gate) return [.. served.Keys.Order(StringComparer.Ordinal)]; }
    }

    public ModelAdapter? Named(string name)
    {
        lock (gate) return served.GetValueOrDefault(name);
    }

    /// <summary>Why there is no adapter of this name, as a sentence; null where nobody said.</summary>
    public string? WhyNot(string name)
    {
        lock (gate) return refused.GetValueOrDefault(name);
    }

    /// <summary>Serves an adapter under a name, instead of one that has it.</summary>
    /// <param name="numbers">They are copied.</param>
    /// <param name="identity">Cached blocks are shared where its hash is the same.</param>
    /// <exception cref="Text.ModelFormatException">The adapter was made for another network.</exception>
    /// <exception cref="NotSupportedException">This kind of network serves no adapters.</exception>
    public void Add(string name, LowRankAdapter numbers, AdapterIdentity identity)
    {
        var adapter = new ModelAdapter(network.AddAdapter(numbers), identity);
        lock (gate)
        {
            Retire_NeedsLock(name);
            refused.Remove(name);
            served[name] = adapter;
        }
    }

    /// <summary>An adapter is not served, for this reason.</summary>
    public void Refuse(string name, string why)
    {
        lock (gate) refused[name] = why;
    }

    public void Remove(string name)
    {
        lock (gate) Retire_NeedsLock(name);
    }

    internal ModelAdapter? Hold(string name)
    {
        lock (gate)
        {
            if (served.GetValueOrDefault(name) is not { } adapter) return null;
            adapter.Leases++;
            return adapter;
        }
    }

    internal ModelAdapter Hold(ModelAdapter held)
    {
        lock (gate) held.Leases++;
        return held;
    }

    internal void Release(ModelAdapter adapter)
    {
        lock (gate)
            if (--adapter.Leases == 0 && adapter.Retired) network.RemoveAdapter(adapter.Index);
    }

    void Retire_NeedsLock(string name)
    {
        if (!served.Remove(name, out var old)) return;
        old.Retired = true;
        if (old.Leases == 0) network.RemoveAdapter(old.Index);
    }
}

/// <summary>What weights and an adapter are together, for clients.</summary>
/// <param name="Version">The name that replies give.</param>
/// <param name="WeightsHash">Of both.</param>
/// <param name="Root">Where the adapter's numbers come from.</param>
public sealed record AdapterIdentity(string Version, string WeightsHash, string Root);

/// <summary>One adapter on a network.</summary>
/// <param name="index">Under which the network has it.</param>
public sealed class ModelAdapter(int index, AdapterIdentity identity)
{
    public int Index => index;

    public AdapterIdentity Identity => identity;

    // Guarded by the lock of ModelAdapters.
    internal int Leases { get; set; }

    internal bool Retired { get; set; }
}
