// Old versions give their room back: the folder goes, the manifest stays, so that a name never comes to mean other weights and votes on the
// version's answers keep their place. Knows the rule of what stays; nothing of why a version is in use.
using Majlis.Text;

namespace Majlis.Model.Catalog;

public sealed partial class ModelCatalog
{
    const string PrunedFolder = ".pruned";
    const string TrashPrefix = ".trash-";

    /// <summary>Manifests of the versions that were pruned, the damaged ones left out.</summary>
    public IReadOnlyList<Manifest> Pruned() =>
        [.. PrunedFiles().Select(path => Whole(() => CatalogFile.TryRead(path, CatalogJson.Default.Manifest))).OfType<Manifest>()];

    IEnumerable<string> PrunedFiles() => Path.Combine(folder, PrunedFolder) is var pruned && Directory.Exists(pruned)
        ? Directory.EnumerateFiles(pruned, "*.json").Order(StringComparer.Ordinal) : [];

    /// <summary>
    /// Deletes every version but the newest <paramref name="keep"/>, those the pointer names and the parents of the current one; damaged
    /// versions are left to people. Returns what was deleted, oldest first. No round may be under way that starts from another version.
    /// </summary>
    /// <exception cref="ModelFormatException">The pointer is damaged: nobody knows what is in use.</exception>
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

    /// <summary>Under the lock, since a pointer may be moved to the version meanwhile; killed anywhere, the next call goes on.</summary>
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
