// Which names a client may ask for: `current` and the live version, alone or with an adapter (`current:NAME`). Stored versions are listed
// but not loaded. Knows the catalogue's folders, no weights.
using Majlis.Inference;
using Majlis.Model.Catalog;

namespace Majlis.Server.Models;

/// <summary>Names of models as the API shows them.</summary>
public sealed class ModelNames(ModelCatalog catalog)
{
    public const string Current = "current";

    const char Separator = ':';

    /// <summary>Whether a name is the live model's, alone or with the name of an adapter behind it.</summary>
    /// <param name="adapter">Null where the model alone is meant.</param>
    public static bool Means(string name, LoadedModel live, out string? adapter)
    {
        foreach (var place in new[] { Current, live.Version })
        {
            adapter = null;
            if (name == place) return true;
            if (!name.StartsWith(place + Separator, StringComparison.Ordinal)) continue;
            adapter = name[(place.Length + 1)..];
            return true;
        }
        adapter = null;
        return false;
    }

    /// <summary>What BASE:ADAPTER is called in replies.</summary>
    public static string With(string version, string adapter) => $"{version}{Separator}{adapter}";

    public static string Describe(LoadedModel live) => $"'{Current}', which is '{live.Version}'"
        + string.Concat(Loaded(live).Select(adapter => $", '{With(Current, adapter)}'"));

    static IEnumerable<string> Loaded(LoadedModel live) => live.Adapters.Names.Where(name => !Trials.IsTried(name));

    /// <summary>The adapters that can be asked for, also those that the first request for them loads.</summary>
    /// <param name="tuned">Those of fine-tuning jobs.</param>
    public static IEnumerable<string> Adapters(LoadedModel live, IEnumerable<Manifest> kept, IEnumerable<string> tuned) =>
        Loaded(live).Concat(VersionAdapters.Names(kept, live)).Concat(tuned).Distinct();

    /// <summary>The manifests of the catalogue's versions, without damaged ones.</summary>
    public IReadOnlyList<Manifest> Kept() => catalog.Readable();

    /// <summary>Every name, live ones first.</summary>
    public static IEnumerable<string> All(LoadedModel live, IReadOnlyList<Manifest> kept, IEnumerable<string> tuned) =>
        new[] { Current, live.Version }.Concat(Adapters(live, kept, tuned).Select(adapter => With(Current, adapter)))
            .Concat(kept.Select(manifest => manifest.Id)).Distinct();

    /// <summary>The version whose weights have this hash, or the hash itself where the version is gone.</summary>
    public string OfWeights(string hash, LoadedModel? live) => live?.WeightsHash == hash ? live.Version
        : Kept().FirstOrDefault(manifest => manifest.WeightsHash == hash)?.Id ?? hash;
}
