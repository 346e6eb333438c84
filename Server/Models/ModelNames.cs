// Which names a client may ask for: `current` and the live version. Stored versions are listed but not loaded. Knows the catalogue's
// folders, no weights.
using Majlis.Inference;
using Majlis.Model.Catalog;

namespace Majlis.Server.Models;

/// <summary>Names of models as the API shows them.</summary>
public sealed class ModelNames(ModelCatalog catalog)
{
    public const string Current = "current";

    public bool Means(string name, LoadedModel live) => name == Current || name == live.Version;

    public string Describe(LoadedModel live) => $"'{Current}', which is '{live.Version}'";

    /// <summary>The manifests of the catalogue's versions, without damaged ones.</summary>
    public IReadOnlyList<Manifest> Kept() => catalog.Readable();

    /// <summary>Every name, live ones first.</summary>
    public static IEnumerable<string> All(LoadedModel live, IEnumerable<Manifest> kept) =>
        new[] { Current, live.Version }.Concat(kept.Select(manifest => manifest.Id)).Distinct();

    /// <summary>The version whose weights have this hash, or the hash itself where the version is gone.</summary>
    public string OfWeights(string hash, LoadedModel? live) => live?.WeightsHash == hash ? live.Version
        : Kept().FirstOrDefault(manifest => manifest.WeightsHash == hash)?.Id ?? hash;
}
