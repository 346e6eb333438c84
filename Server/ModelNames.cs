// Which names a client may ask for: `current`, and the version that is live; kept versions are listed but not loaded.
// Knows the catalogue's folder list, no weights.
using Majlis.Inference;
using Majlis.Model;
using Majlis.Model.Catalog;

namespace Majlis.Server;

/// <summary>Names of models as the API shows them.</summary>
public sealed class ModelNames(ModelCatalog catalog)
{
    public const string Current = "current";

    public bool Means(string name, LoadedModel live) => name == Current || name == live.Version;

    public string Describe(LoadedModel live) => $"'{Current}', which is '{live.Version}'";

    /// <summary>Every name, the live ones first.</summary>
    public IEnumerable<string> All(LoadedModel live) =>
        new[] { Current, live.Version }.Concat(catalog.Versions()).Distinct();

    /// <summary>What the catalogue says of a version; null where it holds none of that name, or a damaged one.</summary>
    public Manifest? ManifestOf(string version)
    {
        try
        {
            return catalog.Versions().Contains(version) ? catalog.Read(version) : null;
        }
        catch (ModelFormatException)
        {
            // Whoever wants to serve it hears what is wrong; a list of names is no place for it.
            return null;
        }
    }

    /// <summary>The version whose weights have this hash, or the hash itself where it is no longer known.</summary>
    public string OfWeights(string hash, LoadedModel? live) => live?.WeightsHash == hash ? live.Version
        : catalog.Versions().FirstOrDefault(version => ManifestOf(version)?.WeightsHash == hash) ?? hash;
}
