// What one owner keeps below --data: files, uploads, vector stores, batches. Goes with the voter who is erased. Knows no votes.
using Majlis.Server.Batches;
using Majlis.Server.Files;
using Majlis.Server.VectorStores;

namespace Majlis.Server.Retention;

sealed class OwnedFiles(FileStore files, UploadStore uploads, StoreRecords stores, BatchStore batches, BatchRunner runner)
{
    /// <summary>Deletes them, and says how many there were. A batch that still runs is ended, and its answers expire at once.</summary>
    public int Erase(string owner)
    {
        var gone = 0;
        foreach (var batch in batches.Of(owner).Where(batch => !batch.IsOver).ToList())
        {
            batches.Change(batch.Id, now => now.IsOver ? now
                : now with { Status = StoredBatch.Cancelling, CancellingAt = batches.Now, OutputLife = 0 });
            runner.Cancel(batch.Id);
            gone++;
        }
        foreach (var upload in uploads.Pending(owner).ToList())
            if (uploads.End(upload, null)) gone++;
        foreach (var store in stores.Of(owner).ToList())
        {
            stores.Delete(store);
            gone++;
        }
        foreach (var file in files.Of(owner).ToList())
        {
            files.Delete(file);
            gone++;
        }
        return gone;
    }
}
