// Which names a client may ask for: `current`, and the version that is live; kept versions are listed but not loaded.
// Knows the catalogue's folder list, no weights.
using Majlis.Inference;
using Majlis.Model;
using Majlis.Model.Catalog;

namespace Majlis.Server;

/// <summary>Names of models as the API shows them.</summary>
public sealed class ModelNames(ModelCatalog? catalog)
{
    public const string Current = "current";

    public bool Means(string name, LoadedModel live) => name == Current || name == live.Version;

    public string Describe(LoadedModel live) => $"'{Current}', which is '{live.Version}'";

    /// <summary>Every name, the live ones first.</summary>
    public IEnumerable<string> All(LoadedModel live) =>
        new[] { Current, live.Version }.Concat(catalog?.Versions() ?? []).Distinct();

    /// <summary>The version whose weights have this hash, or the hash itself where it is no longer known.</summary>
    public string OfWeights(string hash, LoadedModel? live) => live?.WeightsHash == hash ? live.Version
        : catalog?.Versions().FirstOrDefault(version => catalog.Read(version).WeightsHash == hash) ?? hash;
}
