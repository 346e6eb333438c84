// The adapters that versions of the catalogue keep, on the model that they were trained on: each expert by itself, and all of a version
// together, which then answers as the version would. Knows no request and no pointer.
using Majlis.Inference;
using Majlis.Model.Adapters;
using Majlis.Model.Catalog;
using Majlis.Text;

namespace Majlis.Server.Models;

sealed class VersionAdapters(ModelCatalog catalog, ILogger<VersionAdapters> log)
{
    const char Separator = '/';

    readonly Lock bringing = new();

    /// <summary>Why a version's adapters cannot be served on a model, as a sentence; null where they can.</summary>
    public static string? Lack(Manifest version, LoadedModel live) => version.Adapters is not { Count: > 0 }
        ? $"The version '{version.Id}' keeps no adapters; it can be promoted only."
        : version.Parents is not [var parent, ..] ? $"The version '{version.Id}' does not say what its adapters were trained on."
        : parent == live.Version || parent == live.WeightsHash ? null
        : $"The adapters of '{version.Id}' were trained on '{parent}', and '{live.Version}' is served.";

    /// <summary>The names of all experts that can be served on a model: VERSION/EXPERT.</summary>
    public static IEnumerable<string> Names(IEnumerable<Manifest> kept, LoadedModel live) => kept
        .Where(version => Lack(version, live) is null)
        .SelectMany(version => version.Adapters!.Select(adapter => $"{version.Id}{Separator}{adapter.Name}"));

    /// <summary>
    /// Serves the expert of this name on a model if a version keeps it and it is not there yet; where it cannot be served, the model knows
    /// why.
    /// </summary>
    public void Bring(string name, LoadedModel live)
    {
        if (name.IndexOf(Separator, StringComparison.Ordinal) is not (> 0 and var at) || live.Adapters.Named(name) is not null) return;
        lock (bringing)
            if (live.Adapters.Named(name) is null) Bring(name, name[..at], name[(at + 1)..], live);
    }

    void Bring(string name, string id, string expert, LoadedModel live)
    {
        if (catalog.Readable().FirstOrDefault(kept => kept.Id == id) is not { } version
            || version.Adapters?.Any(adapter => adapter.Name == expert) != true) return;
        new AdapterFolder(catalog.AdapterPath(id, expert), name).Serve(name, live, log, () => Check(version, live));
    }

    /// <exception cref="ModelFormatException">The version's adapters cannot be served on this model; the message says why.</exception>
    void Check(Manifest version, LoadedModel live)
    {
        if (Lack(version, live) is { } lack) throw new ModelFormatException(lack);
        catalog.VerifyAdapters(version.Id);
    }

    /// <summary>
    /// Serves a version by its adapters, each with its weight in the version's merge, under <see cref="Trials.Adapter"/>.
    /// </summary>
    /// <exception cref="ModelFormatException">The version cannot be served on this model; the message says why.</exception>
    public void BringWhole(string id, LoadedModel live)
    {
        var version = catalog.Read(id);
        Check(version, live);
        var sum = AdapterSum.Of([.. version.Adapters!.Select(adapter =>
            (LowRankAdapter.Open(catalog.AdapterPath(id, adapter.Name), live.Network.Blueprint), adapter.Weight))]);
        live.Adapters.Add(Trials.Adapter(id), sum, new(id, version.WeightsHash, id));
    }
}
