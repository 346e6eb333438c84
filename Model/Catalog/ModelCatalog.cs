// The folder of versions and the pointer to the served one. Versions appear by rename and are never edited; the pointer moves by
// compare-and-swap under a lock file. Knows nothing of training, of serving, or of why a version is good.
using System.Text.Json;
using System.Text.RegularExpressions;
using Majlis.Model.Hashes;
using Majlis.Text;

namespace Majlis.Model.Catalog;

/// <summary>
/// `folder/VERSION/{manifest.json, master/, serve/, adapters/}` and `folder/state.json`. Processes may share it if the volume renames
/// atomically.
/// </summary>
public sealed partial class ModelCatalog(string folder, TimeProvider time)
{
    public const string Master = "master";
    public const string Serve = "serve";
    public const string Adapters = "adapters";
    public const string ManifestName = "manifest.json";

    static readonly TimeSpan longestSwap = TimeSpan.FromSeconds(30);

    string StatePath => Path.Combine(folder, "state.json");

    public string Folder => folder;

    /// <summary>The pointer; <see cref="CatalogState.Empty"/> if nothing was ever promoted.</summary>
    /// <exception cref="ModelFormatException">state.json is damaged; the message says how to repair it.</exception>
    public CatalogState State()
    {
        try
        {
            var state = CatalogFile.TryRead(StatePath, CatalogJson.Default.CatalogState) ?? CatalogState.Empty;
            if (state.Generation < 0 || state.Share is not (>= 0 and <= 1))
                throw new ModelFormatException($"{StatePath}: 'generation' or 'share' is out of range.");
            if (state.Named.FirstOrDefault(version => !IdForm().IsMatch(version)) is { } odd)
                throw new ModelFormatException($"{StatePath}: '{odd}' is not a version's id.");
            return state;
        }
        catch (ModelFormatException damage)
        {
            throw new ModelFormatException($"{damage.Message} To mend it, put a file with {Pointer()} in its place.", damage);
        }
    }

    /// <summary>A pointer to the newest version that was not refused, as text that a person can write to the file.</summary>
    string Pointer() => JsonSerializer.SerializeToNode(
        new CatalogState(Names().Count + 1, Candidates().FirstOrDefault()?.Id, null, null, 0),
        CatalogJson.Default.CatalogState)!.ToJsonString();

    /// <summary>Versions that may be served without a pointer: those the gate did not refuse, newest first.</summary>
    public IEnumerable<Manifest> Candidates() => Readable().Reverse().Where(manifest => !manifest.WasRefused);

    /// <summary>
    /// Moves the pointer to <paramref name="next"/> (with the expected generation plus one) if it still is
    /// <paramref name="expected"/>; false if another process was faster. The note stays in <see cref="WaitingMoves"/> until it is kept.
    /// </summary>
    /// <exception cref="ModelFormatException"><paramref name="next"/> names a version that does not exist.</exception>
    /// <exception cref="ReadOnlyCatalogException">The catalogue cannot be written to from here.</exception>
    /// <exception cref="IOException">The catalogue is locked, or its volume is full.</exception>
    public bool TrySwap(CatalogState expected, CatalogState next, MoveNote note)
    {
        if (next.Share is not (>= 0 and <= 1))
            throw new ArgumentException($"A share of {next.Share} is not between 0 and 1.", nameof(next));
        try
        {
            return Swap(expected, next, note);
        }
        catch (Exception refused) when (refused is UnauthorizedAccessException or IOException { HResult: ReadOnlyVolume })
        {
            throw new ReadOnlyCatalogException(folder, refused);
        }
    }

    bool Swap(CatalogState expected, CatalogState next, MoveNote note)
    {
        Directory.CreateDirectory(folder);
        using var held = Lock();
        foreach (var version in next.Named) Read(version);
        if (State() != expected) return false;
        Note(expected, next, note);
        DurableFiles.Replace(StatePath,
            JsonSerializer.SerializeToUtf8Bytes(next with { Generation = expected.Generation + 1 }, CatalogJson.Default.CatalogState));
        return true;
    }

    /// <summary>Starts a version in a hidden folder; clears what a killed process left of the same version.</summary>
    /// <exception cref="ModelFormatException">The version exists already.</exception>
    public VersionDraft Begin(string id)
    {
        var target = PathOf(id);
        if (Directory.Exists(target)) throw new ModelFormatException($"{target}: version '{id}' exists already.");
        var draft = Path.Combine(folder, $".draft-{id}");
        if (Directory.Exists(draft)) Directory.Delete(draft, recursive: true);
        return new VersionDraft(id, draft, target, time);
    }

    /// <summary>Ids of the committed versions, oldest first.</summary>
    /// <exception cref="ModelFormatException">A manifest is damaged: numbering needs all versions.</exception>
    public IReadOnlyList<string> Versions() => [.. OldestFirst(Committed().Select(Read)).Select(manifest => manifest.Id)];

    /// <summary>Manifests of the committed versions, oldest first, for lists; damaged ones are skipped and fail when served.</summary>
    public IReadOnlyList<Manifest> Readable() => [.. OldestFirst(Committed().Select(TryRead).OfType<Manifest>())];

    /// <summary>Every taken name: of whole, damaged and pruned versions.</summary>
    public IReadOnlySet<string> Names() => Folders(folder)
        .Concat(PrunedFiles().Select(path => Path.GetFileNameWithoutExtension(path))).ToHashSet(StringComparer.Ordinal);

    IEnumerable<string> Committed() => Folders(folder).Where(name => File.Exists(Path.Combine(folder, name, ManifestName)));

    static IEnumerable<string> Folders(string root) => !Directory.Exists(root) ? []
        : Directory.EnumerateDirectories(root).Select(path => Path.GetFileName(path)).Where(name => IdForm().IsMatch(name));

    static IEnumerable<Manifest> OldestFirst(IEnumerable<Manifest> manifests) =>
        manifests.OrderBy(manifest => manifest.Created).ThenBy(manifest => manifest.Id, StringComparer.Ordinal);

    Manifest? TryRead(string version) => Whole(() => Read(version));

    static Manifest? Whole(Func<Manifest?> read)
    {
        try
        {
            return read();
        }
        catch (ModelFormatException)
        {
            return null;
        }
    }

    /// <exception cref="ModelFormatException">No such version, or a manifest that is damaged or of another version.</exception>
    public Manifest Read(string version)
    {
        var path = Path.Combine(PathOf(version), ManifestName);
        var manifest = CatalogFile.TryRead(path, CatalogJson.Default.Manifest)
            ?? throw new ModelFormatException($"{path}: there is no such version.");
        if (manifest.Id != version) throw new ModelFormatException($"{path}: it is the manifest of '{manifest.Id}'.");
        return manifest.Lack is { } field ? throw new ModelFormatException($"{path}: '{field}' is null or contains null.") : manifest;
    }

    /// <summary>Checks the hash of every file of a version against its manifest.</summary>
    /// <exception cref="ModelFormatException">Names the first file that is missing, changed, unlisted or unreadable.</exception>
    public void Verify(string version)
    {
        var manifest = Read(version);
        ListedFiles.Check(PathOf(version), ManifestName, manifest.Files);
    }

    /// <summary>Checks the hashes of the adapters that a version keeps.</summary>
    /// <exception cref="ModelFormatException">Names the first file that is missing, changed or unreadable.</exception>
    public void VerifyAdapters(string version) => ListedFiles.CheckListed(PathOf(version), ManifestName,
        Read(version).Files.Where(file => file.Key.StartsWith(Adapters + "/", StringComparison.Ordinal)));

    /// <summary>The folder of an expert's adapter, in peft's format.</summary>
    public string AdapterPath(string version, string expert) => Path.Combine(PathOf(version), Adapters, expert);

    public string ServePath(string version) => Path.Combine(PathOf(version), Serve);

    public string MasterPath(string version) => Path.Combine(PathOf(version), Master);

    string PathOf(string version) => IdForm().IsMatch(version) ? Path.Combine(folder, version)
        : throw new ModelFormatException($"'{version}' is not a version's id: letters, digits, '.', '_' and '-', not beginning with '.', " +
            $"at most 100.");

    /// <summary>The lock dies with its holder, so a killed process blocks nobody; a swap takes milliseconds.</summary>
    FileStream Lock()
    {
        FileStream? held = null;
        var path = Path.Combine(folder, "state.lock");
        if (SpinWait.SpinUntil(() => (held = TryLock(path)) is not null, longestSwap)) return held!;
        throw new IOException($"{path}: another process has held the lock for {longestSwap.TotalSeconds} s.");
    }

    /// <summary>EROFS: waiting would not help.</summary>
    const int ReadOnlyVolume = 30;

    static FileStream? TryLock(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException error) when (error.HResult != ReadOnlyVolume)
        {
            return null;
        }
    }

    [GeneratedRegex(@"^[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}\z")]
    private static partial Regex IdForm();
}
