// Deletes old versions to free disk space: the folder goes, the manifest stays, so that a name never means other weights and votes on
// the version's answers stay valid. Knows the rule of what stays, not why a version is in use.
using Majlis.Text;

namespace Majlis.Model.Catalog;

public sealed partial class ModelCatalog
{
    const string PrunedFolder = ".pruned";
    const string TrashPrefix = ".trash-";

    /// <summary>Manifests of the pruned versions, without damaged ones.</summary>
    public IReadOnlyList<Manifest> Pruned() =>
        [.. PrunedFiles().Select(path => Whole(() => CatalogFile.TryRead(path, CatalogJson.Default.Manifest))).OfType<Manifest>()];

    IEnumerable<string> PrunedFiles() => Path.Combine(folder, PrunedFolder) is var pruned && Directory.Exists(pruned)
        ? Directory.EnumerateFiles(pruned, "*.json").Order(StringComparer.Ordinal) : [];

    /// <summary>
    /// Deletes every version except the newest <paramref name="keep"/>, those the pointer names and the parents of the current one; damaged
    /// versions stay for people to look at. Returns the deleted ids, oldest first. No running round may start from another version.
    /// </summary>
    /// <exception cref="ModelFormatException">The pointer is damaged, so the versions in use are unknown.</exception>
    public IReadOnlyList<string> Prune(int keep)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(keep);
        if (!Directory.Exists(folder)) return [];
        foreach (var rest in Directory.EnumerateDirectories(folder, TrashPrefix + "*")) Directory.Delete(rest, recursive: true);
        var gone = new List<string>();
        var versions = Readable();
        foreach (var manifest in versions.Take(Math.Max(0, versions.Count - keep)))
            if (TryDiscard(manifest)) gone.Add(manifest.Id);
        return gone;
    }

    /// <summary>Takes the lock, since the pointer may move to the version meanwhile. After a kill the next call finishes.</summary>
    bool TryDiscard(Manifest manifest)
    {
        var trash = Path.Combine(folder, TrashPrefix + manifest.Id);
        using (Lock())
        {
            var state = State();
            var parents = state.Current is { } current && TryRead(current) is { } serving ? serving.Parents : [];
            if (state.Named.Concat(parents).Contains(manifest.Id)) return false;
            var pruned = Directory.CreateDirectory(Path.Combine(folder, PrunedFolder)).FullName;
            DurableFiles.Replace(Path.Combine(pruned, manifest.Id + ".json"),
                File.ReadAllBytes(Path.Combine(PathOf(manifest.Id), ManifestName)));
            Directory.Move(PathOf(manifest.Id), trash);
            DurableFiles.FlushFolder(folder);
        }
        Directory.Delete(trash, recursive: true);
        return true;
    }
}
