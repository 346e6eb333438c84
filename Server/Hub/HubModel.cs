// From a model's name on the hub to its files on this machine: ask, choose, download what is missing, check, link.
namespace Majlis.Server.Hub;

public static class HubModel
{
    /// <summary>Pieces in flight at once.</summary>
    const int Parallel = 8;

    /// <summary>
    /// The folder (or GGUF file) of `ORG/NAME[:QUANT][@revision]`, downloaded where it is not in the cache. Without the hub in reach, or
    /// with
    /// HF_HUB_OFFLINE, what was pulled before is used.
    /// </summary>
    /// <exception cref="HubException">The name, the hub's answer or the bytes are not good; the message says what to do.</exception>
    public static async Task<string> ResolveAsync(string name, Action<string>? say = null, CancellationToken stop = default)
    {
        var settings = HubSettings.FromEnvironment();
        using var client = new HubClient(settings, TimeProvider.System);
        return await ResolveAsync(name, settings, client, TimeProvider.System, say ?? (_ => { }), stop);
    }

    public static async Task<string> ResolveAsync(string name, HubSettings settings, HubClient client, TimeProvider time,
        Action<string> say, CancellationToken stop)
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
        catch (HubException error) when (error.InnerException is HttpRequestException or IOException or OperationCanceledException
            && Local(cache, wanted) is { } local)
        {
            say($"{settings.Endpoint} does not answer; using what was pulled before.");
            return local;
        }
        var files = NeededFiles.Choose(repository, wanted);
        await DownloadAsync(wanted, repository, files, cache, client, time, say, stop);
        return Place(cache.Snapshot(repository.Commit), wanted, files.Select(file => file.Path))!;
    }

    static async Task DownloadAsync(HubName name, HubRepository repository, IReadOnlyList<HubFile> files, HubCache cache, HubClient client,
        TimeProvider time, Action<string> say, CancellationToken stop)
    {
        cache.Prepare();
        var progress = new HubProgress(files.Sum(file => file.Size), time);
        var blobs = new List<(HubFile File, PartialBlob Blob)>();
        try
        {
            foreach (var file in files.DistinctBy(file => file.Blob))
                if (cache.Has(file)) progress.Reuse(file.Size);
                else blobs.Add((file, PartialBlob.Open(file, cache.BlobPath(file))));
            var pieces = blobs.SelectMany(pair => pair.Blob.Missing.Select(start => (pair.File, pair.Blob, Start: start))).ToArray();
            progress.Reuse(blobs.Sum(pair => pair.File.Size) - pieces.Sum(piece => (long)piece.Blob.Length(piece.Start)));
            await using var line = time.CreateTimer(_ => say(progress.ToString()), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
            await System.Threading.Tasks.Parallel.ForEachAsync(pieces,
                new ParallelOptions { MaxDegreeOfParallelism = Parallel, CancellationToken = stop }, async (piece, inner) =>
            {
                await client.ReadAsync(name, repository.Commit, piece.File, piece.Start, piece.Blob.Length(piece.Start),
                    async (at, bytes) =>
                {
                    await piece.Blob.WriteAsync(piece.Start + at, bytes, inner);
                    progress.Add(bytes.Length);
                }, inner);
                piece.Blob.Finish(piece.Start);
            });
            foreach (var (_, blob) in blobs) blob.Complete();
        }
        finally
        {
            foreach (var (_, blob) in blobs) blob.Dispose();
        }
        foreach (var file in files) cache.Link(repository.Commit, file);
        cache.WriteReference(name.Revision, repository.Commit);
        say(progress.ToString());
    }

    static string? Local(HubCache cache, HubName name)
    {
        if (cache.LastSnapshot(name.Revision) is not { } snapshot) return null;
        var files = Directory.EnumerateFiles(snapshot, "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(snapshot, path)).ToArray();
        return files.Length == 0 ? null : Place(snapshot, name, files);
    }

    /// <summary>A GGUF model is its (first) file, any other its folder; null where the quantisation that is named is not there.</summary>
    static string? Place(string snapshot, HubName name, IEnumerable<string> paths)
    {
        var gguf = paths.Where(path => NeededFiles.IsGguf(path, name)).Order(StringComparer.Ordinal).FirstOrDefault();
        if (name.Quantisation is null && (gguf is null || File.Exists(Path.Combine(snapshot, "config.json")))) return snapshot;
        return gguf is null ? null : Path.Combine(snapshot, gguf);
    }
}
