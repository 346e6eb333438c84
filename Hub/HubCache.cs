// The cache in huggingface_hub's layout, so that both find each other's downloads:
// models--ORG--NAME/{refs/REVISION = commit, blobs/HASH = bytes, snapshots/COMMIT/PATH -> ../../blobs/HASH}.
using System.Text;

namespace Majlis.Hub;

sealed class HubCache(string cache, string repository)
{
    readonly string root = Path.Combine(cache, "models--" + repository.Replace("/", "--", StringComparison.Ordinal));

    public string BlobPath(HubFile file) => Path.Combine(root, "blobs", file.Blob);

    public string Snapshot(string commit) => Path.Combine(root, "snapshots", commit);

    public bool Has(HubFile file) => File.Exists(BlobPath(file)) && new FileInfo(BlobPath(file)).Length == file.Size;

    /// <summary>The snapshot that a revision pointed to when it was last pulled; null where it never was.</summary>
    public string? LastSnapshot(string revision)
    {
        var reference = Path.Combine(root, "refs", revision);
        var commit = File.Exists(reference) ? File.ReadAllText(reference).Trim() : revision;
        var snapshot = Snapshot(commit);
        return Directory.Exists(snapshot) ? snapshot : null;
    }

    public void Prepare()
    {
        Directory.CreateDirectory(Path.Combine(root, "blobs"));
        Directory.CreateDirectory(Path.Combine(root, "snapshots"));
    }

    /// <summary>Links a finished blob under its path in the snapshot: relative, or a copy where links are forbidden.</summary>
    public void Link(string commit, HubFile file)
    {
        var path = Path.Combine(Snapshot(commit), file.Path);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        if (File.Exists(path)) return;
        if (new FileInfo(path).LinkTarget is not null) File.Delete(path); // A link whose blob somebody removed.
        var up = string.Concat(Enumerable.Repeat("../", 2 + file.Path.Count(letter => letter == '/')));
        try
        {
            File.CreateSymbolicLink(path, $"{up}blobs/{file.Blob}");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException && !File.Exists(path))
        {
            File.Copy(BlobPath(file), path);
        }
    }

    public void WriteReference(string revision, string commit)
    {
        if (revision == commit) return;
        var path = Path.Combine(root, "refs", revision);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path + ".new", commit, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        File.Move(path + ".new", path, overwrite: true);
    }
}
