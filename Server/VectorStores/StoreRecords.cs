// The stores of passages that clients keep, each seen by the key that made it only. Knows neither HTTP nor how files are read.
using System.Collections.Immutable;
using Majlis.Server.Files;
using Majlis.Server.Operations;
using Majlis.Server.Storage;
using Majlis.Server.Wire;

namespace Majlis.Server.VectorStores;

sealed class StoreRecords(string data, IdSource ids, TimeProvider time, ILogger<StoreRecords> log)
{
    const string FolderName = "vector_stores";
    const long Minute = 60;

    readonly Lazy<(PrivateFolder Folder, RecordFolder<StoredVectorStore> Records)> store = new(() =>
    {
        var folder = new PrivateFolder(data, FolderName);
        return (folder, new(folder, WireJson.Wire.StoredVectorStore, log));
    });

    public long Now => time.GetUtcNow().ToUnixTimeSeconds();

    public PrivateFolder Folder => store.Value.Folder;

    RecordFolder<StoredVectorStore> Records => store.Value.Records;

    /// <summary>The owner's stores that have not expired.</summary>
    public IEnumerable<StoredVectorStore> Of(string owner)
    {
        Sweep();
        return Records.All.Where(store => store.Owner == owner);
    }

    /// <summary>Deletes what has expired.</summary>
    public void Sweep()
    {
        foreach (var over in Records.All.Where(store => store.ExpiresAt <= Now).ToList()) Delete(over);
    }

    public StoredVectorStore? Find(string owner, string id) => Of(owner).FirstOrDefault(store => store.Id == id);

    public StoredVectorStore? Find(string id) => Records.Find(id);

    /// <summary>Files of all stores that are still to be read, the oldest first.</summary>
    public ImmutableArray<(string Store, string File)> Unread() => [.. Records.All
        .SelectMany(store => store.Files.Where(file => file.Status == StoreFile.InProgress).Select(file => (store.Id, file)))
        .OrderBy(item => item.file.CreatedAt).Select(item => (item.Id, item.file.FileId))];

    /// <summary>Files of all stores that were read.</summary>
    public ImmutableArray<(string Store, StoreFile File)> Completed() => [.. Records.All
        .SelectMany(store => store.Files.Where(file => file.Status == StoreFile.Completed).Select(file => (store.Id, file)))];

    public StoredVectorStore Add(Func<string, StoredVectorStore> make)
    {
        var made = make(ids.Next("vs_"));
        Records.Save(made);
        return made;
    }

    public string BatchId() => ids.Next("vsfb_");

    public StoredVectorStore? Change(string id, Func<StoredVectorStore, StoredVectorStore> change) => Records.Change(id, change);

    /// <summary>It is in use now: its days begin anew, also after a restart. A store in constant use is written once a minute.</summary>
    public void Touch(string id)
    {
        StoredVectorStore Used(StoredVectorStore store) => store with { LastActiveAt = Now };
        try
        {
            Change(id, store => Now - store.LastActiveAt < Minute ? store : Used(store));
        }
        catch (Exception full) when (full is IOException or UnauthorizedAccessException)
        {
            Records.Show(id, Used); // Who only searches needs no disk.
        }
    }

    /// <summary>The passages of a file; null where it has gone, or where they are damaged: then it is shown as failed.</summary>
    public PassageFile? Passages(string id, string file)
    {
        try
        {
            return StorePassages.Read(Folder, id, file);
        }
        catch (InvalidDataException damaged)
        {
            log.DamagedRecord($"{file} in {id}", damaged.Message);
            Change(id, store => store.File(file) is { } found
                ? store.With(found with { Status = StoreFile.Failed, Error = new("server_error", damaged.Message) }) : store);
            return null;
        }
    }

    public void Delete(StoredVectorStore gone)
    {
        if (!Records.Remove(gone.Id)) return;
        foreach (var file in gone.Files) StorePassages.Delete(Folder, gone.Id, file.FileId);
    }

    /// <summary>Takes a file that goes out of all stores.</summary>
    public void Forget(StoredFile gone)
    {
        foreach (var store in Records.All.Where(store => store.File(gone.Id) is not null).ToList()) Remove(store.Id, gone.Id);
    }

    /// <summary>Takes a file out of a store; false where it is not in it.</summary>
    public bool Remove(string id, string file)
    {
        if (Find(id)?.File(file) is null) return false;
        // First, since on a full disk they leave room for the record; and again, since they may have been read just now.
        StorePassages.Delete(Folder, id, file);
        Change(id, store => store with { Files = store.Files.RemoveAll(other => other.FileId == file) });
        StorePassages.Delete(Folder, id, file);
        return true;
    }
}
