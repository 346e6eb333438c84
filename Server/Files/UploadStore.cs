// Files that come in parts. A part is a file of its own until all are joined; what is not completed within an hour goes. Knows no HTTP.
using Majlis.Server.Storage;
using Majlis.Server.Wire;

namespace Majlis.Server.Files;

sealed class UploadStore(string data, FileStore files, IdSource ids, TimeProvider time, ILogger<UploadStore> log)
{
    /// <summary>OpenAI's limit of one part.</summary>
    public const long MostPartBytes = 64L << 20;

    const string Folder = "uploads", Suffix = ".data";
    const long Life = 3600;

    readonly Lazy<(PrivateFolder Folder, RecordFolder<StoredUpload> Records)> store = new(() =>
    {
        var folder = new PrivateFolder(data, Folder);
        var records = new RecordFolder<StoredUpload>(folder, WireJson.Wire.StoredUpload, log);
        if (records.IsWhole) DropOrphans(folder, records);
        return (folder, records);
    });

    long Now => time.GetUtcNow().ToUnixTimeSeconds();

    RecordFolder<StoredUpload> Records => store.Value.Records;

    public StoredUpload? Find(string owner, string id)
    {
        Sweep();
        return Records.Find(id) is { } upload && upload.Owner == owner ? upload : null;
    }

    /// <summary>Deletes what has expired.</summary>
    public void Sweep()
    {
        foreach (var over in Records.All.Where(upload => upload.ExpiresAt <= Now).ToList())
        {
            DropParts(over);
            Records.Remove(over.Id);
        }
    }

    /// <summary>How many bytes an owner may still bring: what is announced counts until it is completed, cancelled or over.</summary>
    public long Room(string owner) => files.Room(owner) - Pending(owner).Sum(upload => upload.Bytes);

    /// <summary>The owner's uploads that still take parts.</summary>
    public IEnumerable<StoredUpload> Pending(string owner) =>
        Records.All.Where(upload => upload.Owner == owner && upload.Status == "pending" && upload.ExpiresAt > Now);

    public StoredUpload Begin(string owner, string filename, string purpose, long bytes, long? life)
    {
        var upload = new StoredUpload(ids.Next("upload_"), owner, filename, purpose, bytes, Now, Now + Life, [], "pending", null, life);
        Records.Save(upload);
        return upload;
    }

    public (string Id, FileStream Stream) BeginPart()
    {
        var id = ids.Next("part_");
        return (id, store.Value.Folder.Begin(id + Suffix));
    }

    /// <summary>Null where the upload has ended meanwhile; then the part is dropped.</summary>
    public UploadPart? KeepPart(StoredUpload upload, string id, FileStream stream)
    {
        var part = new UploadPart(id, stream.Length, Now);
        store.Value.Folder.Keep(stream, id + Suffix);
        var changed = Records.Change(upload.Id, now => now.Status == "pending" ? now with { Parts = now.Parts.Add(part) } : now);
        if (changed?.Parts.Contains(part) == true) return part;
        store.Value.Folder.Delete(id + Suffix);
        return null;
    }

    public void DropPart(string id, FileStream stream) => store.Value.Folder.Drop(stream, id + Suffix);

    public FileStream ReadPart(string id) => File.OpenRead(store.Value.Folder.PathOf(id + Suffix));

    /// <summary>Ends an upload that is pending; false where it is not any more.</summary>
    /// <param name="file">What it became; null: it is cancelled.</param>
    public bool End(StoredUpload upload, StoredFile? file)
    {
        var ended = false;
        Records.Change(upload.Id, now =>
        {
            ended = now.Status == "pending";
            return ended ? now with { Status = file is null ? "cancelled" : "completed", FileId = file?.Id } : now;
        });
        if (ended) DropParts(upload);
        return ended;
    }

    public StoredFile? FileOf(StoredUpload upload) => upload.FileId is { } id ? files.Find(upload.Owner, id) : null;

    // Parts that a kill left before their upload named them.
    static void DropOrphans(PrivateFolder folder, RecordFolder<StoredUpload> records)
    {
        var named = records.All.SelectMany(upload => upload.Parts).Select(part => part.Id + Suffix).ToHashSet();
        foreach (var left in folder.Names(Suffix).Where(name => !named.Contains(name)).ToList()) folder.Delete(left);
    }

    void DropParts(StoredUpload upload)
    {
        foreach (var part in Records.Find(upload.Id)?.Parts ?? []) store.Value.Folder.Delete(part.Id + Suffix);
    }
}
