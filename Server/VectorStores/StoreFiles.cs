// Puts files into stores: finds them, and has them read in the background. Knows no HTTP.
using System.Collections.Immutable;
using Majlis.Server.Files;
using Majlis.Server.Wire;

namespace Majlis.Server.VectorStores;

sealed class StoreFiles(StoreRecords stores, FileStore files, StoreReader reader)
{
    /// <summary>The files as they are before they are read, or null with the reason in <paramref name="problem"/>.</summary>
    public List<StoreFile>? Begin(IReadOnlyList<FileWish> wishes, string owner, Problem problem)
    {
        var begun = new List<StoreFile>();
        foreach (var wish in wishes.DistinctBy(wish => wish.FileId))
            if (files.Find(owner, wish.FileId) is { } file)
                begun.Add(new(file.Id, file.Filename, StoreFile.InProgress, stores.Now, 0, null, wish.Chunking, wish.Attributes));
            else
                problem.Add(FileEndpoints.Unknown(wish.FileId, "file_id"));
        return problem.First is null ? begun : null;
    }

    /// <summary>Adds files; one that is in the store already is read anew. Null where the store has gone.</summary>
    /// <param name="together">The files are a batch.</param>
    public (StoredVectorStore Store, FileBatch? Batch)? Add(string id, IReadOnlyList<StoreFile> added, bool together)
    {
        var batch = together ? new FileBatch(stores.BatchId(), stores.Now, [.. added.Select(file => file.FileId)], false) : null;
        var store = stores.Change(id, now => added.Aggregate(now, (store, file) => store.With(file)) with
        {
            LastActiveAt = stores.Now,
            Batches = batch is null ? now.Batches : now.Batches.Add(batch),
        });
        Wake();
        return store is null ? null : (store, batch);
    }

    public void Wake() => reader.Wake();

    /// <summary>What was not read of a batch is not read any more; one that is read wholly stays completed.</summary>
    public StoredVectorStore? Cancel(string id, FileBatch batch) => stores.Change(id, now => !now.IsReading(batch) ? now : now with
    {
        Batches = [.. now.Batches.Select(other => other.Id == batch.Id ? other with { IsCancelled = true } : other)],
        Files = [.. now.Files.Select(file => batch.Files.Contains(file.FileId) && file.Status == StoreFile.InProgress
            ? file with { Status = StoreFile.Cancelled } : file)],
    });
}
