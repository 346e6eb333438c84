// Turns a model's name on the hub into its files on this machine: lists, chooses, downloads what is missing, checks, links.
namespace Majlis.Hub;

public static class HubModel
{
    /// <summary>Pieces in flight at once.</summary>
    const int Parallel = 8;

    /// <summary>16 TiB: up to it, sums of sizes and numbers of pieces fit their types.</summary>
    const long MostBytes = 1L << 44;

    /// <summary>
    /// The folder (or GGUF file) of `ORG/NAME[:QUANT][@revision]`, downloaded if it is not in the cache. If the hub cannot be reached, or
    /// with HF_HUB_OFFLINE, what was pulled before is used.
    /// </summary>
    /// <exception cref="HubException">Name, answer or bytes are wrong; the message says what to do.</exception>
    public static async Task<string> ResolveAsync(string name, IProgress<string>? display = null, CancellationToken stop = default)
    {
        var settings = HubSettings.FromEnvironment();
        using var client = new HubClient(settings, TimeProvider.System);
        return await ResolveAsync(name, settings, client, TimeProvider.System, display, stop);
    }

    public static async Task<string> ResolveAsync(string name, HubSettings settings, HubClient client, TimeProvider time,
        IProgress<string>? display, CancellationToken stop)
    {
        var wanted = HubName.TryParse(name)
            ?? throw new HubException($"'{name}' is no model's name on the hub; expected ORG/NAME, with @revision or :QUANT after it.");
        var cache = new HubCache(settings.Cache, wanted.Repository);
        if (settings.Offline)
            return Local(cache, wanted) ?? throw new HubException($"{wanted}: HF_HUB_OFFLINE is set, and it is not in {settings.Cache}.");
        HubRepository repository;
        try
        {
            repository = await client.DescribeAsync(wanted, stop);
        }
        catch (HubException error) when (error.InnerException is HttpRequestException or IOException or OperationCanceledException)
        {
            if (Local(cache, wanted) is not { } local) throw;
            display?.Report($"{settings.Endpoint} does not answer; using what was pulled before.");
            return local;
        }
        var files = NeededFiles.Choose(repository, wanted);
        await DownloadAsync(wanted, repository, files, cache, client, time, display, stop);
        return Place(cache.Snapshot(repository.Commit), wanted, [.. files.Select(file => file.Path)])!;
    }

    static async Task DownloadAsync(HubName name, HubRepository repository, IReadOnlyList<HubFile> files, HubCache cache, HubClient client,
        TimeProvider time, IProgress<string>? display, CancellationToken stop)
    {
        if (files.Sum(file => (double)file.Size) is var total and > MostBytes)
            throw new HubException($"{name}: the hub lists {total:0} bytes, more than any model has ({MostBytes}).");
        cache.Prepare();
        var progress = new HubProgress(files.Sum(file => file.Size), time);
        var blobs = new List<(HubFile File, PartialBlob Blob)>();
        try
        {
            foreach (var file in files.DistinctBy(file => file.Blob))
                if (cache.Has(file)) progress.Reuse(file.Size);
                else blobs.Add((file, PartialBlob.Open(file, cache.BlobPath(file))));
            var missing = blobs.Sum(pair => pair.Blob.Missing.Sum(start => (long)pair.Blob.Length(start)));
            progress.Reuse(blobs.Sum(pair => pair.File.Size) - missing);
            await using var line = time.CreateTimer(
                _ => display?.Report(progress.ToString()), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
            // The first piece of each file shows whether the server knows ranges. If not, its answer is the whole file, which is then read.
            await ReadAsync(pair => pair.Blob.Missing.Take(1), orToTheEnd: true);
            await ReadAsync(pair => pair.Blob.Missing, orToTheEnd: false);
            foreach (var (_, blob) in blobs) blob.Complete();
        }
        finally
        {
            foreach (var (_, blob) in blobs) blob.Dispose();
        }
        foreach (var file in files) cache.Link(repository.Commit, file);
        cache.WriteReference(name.Revision, repository.Commit);
        display?.Report(progress.ToString());

        Task ReadAsync(Func<(HubFile File, PartialBlob Blob), IEnumerable<long>> starts, bool orToTheEnd) =>
            System.Threading.Tasks.Parallel.ForEachAsync(
                blobs.SelectMany(pair => starts(pair).Select(start => (pair.File, pair.Blob, start))),
                new ParallelOptions { MaxDegreeOfParallelism = Parallel, CancellationToken = stop }, async (piece, inner) =>
            {
                var (file, blob, start) = piece;
                var sink = new BlobSink(blob, start, progress);
                await client.ReadAsync(name, repository.Commit, file, start, blob.Length(start),
                    (at, bytes) => sink.TakeAsync(at, bytes, inner), inner, orToTheEnd);
            });
    }

    /// <exception cref="HubException">Several quantisations were pulled, and none is named.</exception>
    static string? Local(HubCache cache, HubName name)
    {
        if (cache.LastSnapshot(name.Revision) is not { } snapshot) return null;
        var files = Directory.EnumerateFiles(snapshot, "*", SearchOption.AllDirectories).Where(File.Exists) // not a link to nothing
            .Select(path => Path.GetRelativePath(snapshot, path)).ToArray();
        return files.Length == 0 ? null : Place(snapshot, name, files);
    }

    /// <summary>A GGUF model's (first) file, or another model's folder; null where the named quantisation is absent.</summary>
    static string? Place(string snapshot, HubName name, IReadOnlyCollection<string> paths)
    {
        var ggufs = paths.Where(path => NeededFiles.IsGguf(path, name)).Order(StringComparer.Ordinal).ToArray();
        if (name.Quantisation is null && (ggufs.Length == 0 || File.Exists(Path.Combine(snapshot, "config.json")))) return snapshot;
        NeededFiles.CheckIsOne(ggufs, name);
        return ggufs.Length == 0 ? null : Path.Combine(snapshot, ggufs[0]);
    }
}
