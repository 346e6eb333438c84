// The batches that clients have begun, each seen by the key that began it only. Knows neither HTTP nor how a batch runs.
using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Majlis.Server.Storage;
using Majlis.Server.Wire;

namespace Majlis.Server.Batches;

sealed class BatchStore(string data, IdSource ids, TimeProvider time, ILogger<BatchStore> log)
{
    const string FolderName = "batches", InputSuffix = ".input";

    readonly Lazy<(PrivateFolder Folder, RecordFolder<StoredBatch> Records)> store = new(() =>
    {
        var folder = new PrivateFolder(data, FolderName);
        return (folder, new(folder, WireJson.Wire.StoredBatch, log));
    });

    public long Now => time.GetUtcNow().ToUnixTimeSeconds();

    /// <summary>Holds what has been answered of each batch.</summary>
    public PrivateFolder Folder => store.Value.Folder;

    RecordFolder<StoredBatch> Records => store.Value.Records;

    public IEnumerable<StoredBatch> Of(string owner) => Records.All.Where(batch => batch.Owner == owner);

    public StoredBatch? Find(string owner, string id) => Records.Find(id) is { } batch && batch.Owner == owner ? batch : null;

    public StoredBatch? Find(string id) => Records.Find(id);

    /// <summary>What is not over, the oldest first.</summary>
    public ImmutableArray<StoredBatch> Open() =>
        [.. Records.All.Where(batch => !batch.IsOver).OrderBy(batch => batch.CreatedAt).ThenBy(batch => batch.Id, StringComparer.Ordinal)];

    /// <summary>Keeps the batch with a copy of its input, so that a client may delete its own, or let it expire.</summary>
    public async Task<StoredBatch> AddAsync(NewBatch wish, string owner, Stream input, CancellationToken stop)
    {
        var batch = new StoredBatch(ids.Next("batch_"), owner, wish.Endpoint, wish.InputFileId, wish.CompletionWindow, Now,
            Now + wish.Window)
        {
            Metadata = wish.Metadata,
            OutputLife = wish.OutputLife,
        };
        var copy = Folder.Begin(batch.Id + InputSuffix);
        try
        {
            await input.CopyToAsync(copy, stop);
        }
        catch
        {
            Folder.Drop(copy, batch.Id + InputSuffix);
            throw;
        }
        Folder.Keep(copy, batch.Id + InputSuffix);
        Records.Save(batch);
        return batch;
    }

    public FileStream Input(string id) => File.OpenRead(Folder.PathOf(id + InputSuffix));

    /// <summary>The batch is over.</summary>
    public void DropInput(string id) => Folder.Delete(id + InputSuffix);

    public StoredBatch? Change(string id, Func<StoredBatch, StoredBatch> change) => Records.Change(id, change);

    /// <summary>Shows counts without writing them: after a restart they are counted anew.</summary>
    public void Show(string id, BatchCounts counts) => Records.Show(id, batch => batch with { Counts = counts });
}

/// <param name="Window">Seconds after which what is not answered expires.</param>
sealed record NewBatch(string Endpoint, string InputFileId, string CompletionWindow, long Window, JsonObject? Metadata, long? OutputLife);
