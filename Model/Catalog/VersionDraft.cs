// A version being written: a hidden folder that one rename turns into the version.
using System.Collections.Immutable;
using System.Text.Json;
using Majlis.Model.Hashes;
using Majlis.Model.Weights;
using Majlis.Text;

namespace Majlis.Model.Catalog;

/// <summary>Write master/ and serve/ into it, then <see cref="Commit"/>. Nobody sees a draft that is not
/// committed.</summary>
public sealed class VersionDraft
{
    readonly string target;
    readonly TimeProvider time;

    internal VersionDraft(string id, string folder, string target, TimeProvider time)
    {
        Id = id;
        Folder = folder;
        this.target = target;
        this.time = time;
        Directory.CreateDirectory(MasterFolder);
        Directory.CreateDirectory(ServeFolder);
    }

    public string Id { get; }

    public string Folder { get; }

    public string MasterFolder => Path.Combine(Folder, ModelCatalog.Master);

    public string ServeFolder => Path.Combine(Folder, ModelCatalog.Serve);

    /// <summary>The folder of an expert's adapter, made here.</summary>
    public string AdapterFolder(string expert) => Directory.CreateDirectory(Path.Combine(Folder, ModelCatalog.Adapters, expert)).FullName;

    /// <summary>Hashes every file, writes manifest.json, flushes everything to disk and renames the folder to the version's id.</summary>
    /// <exception cref="ModelFormatException">serve/ holds no weights, or the version exists already.</exception>
    public Manifest Commit(Manifest manifest)
    {
        if (manifest.Id != Id) throw new ArgumentException($"The manifest is of '{manifest.Id}', the draft of '{Id}'.", nameof(manifest));
        var whole = manifest with { Files = HashFiles(), WeightsHash = HashWeights(), Created = time.GetUtcNow() };
        File.WriteAllBytes(Path.Combine(Folder, ModelCatalog.ManifestName),
            JsonSerializer.SerializeToUtf8Bytes(whole, CatalogJson.Default.Manifest));
        DurableFiles.FlushTree(Folder);
        if (Directory.Exists(target)) throw new ModelFormatException($"{target}: version '{Id}' exists already.");
        Directory.Move(Folder, target);
        DurableFiles.FlushFolder(Path.GetDirectoryName(target)!);
        return whole;
    }

    ImmutableSortedDictionary<string, string> HashFiles() => Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories)
        .ToImmutableSortedDictionary(path => Path.GetRelativePath(Folder, path).Replace('\\', '/'), FileHash.Of, StringComparer.Ordinal);

    string HashWeights()
    {
        using var weights = SafetensorsFolder.Open(ServeFolder);
        return FileHash.OfAll(weights.Files);
    }
}
