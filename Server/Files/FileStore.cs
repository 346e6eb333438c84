// The files that clients keep here, each seen by the key that brought it only. Their bytes are named by their ids, never by what a client
// calls them. Knows no HTTP.
using Majlis.Server.Storage;
using Majlis.Server.Wire;

namespace Majlis.Server.Files;

sealed class FileStore(string data, IdSource ids, TimeProvider time, ILogger<FileStore> log)
{
    /// <summary>OpenAI's limit of one file.</summary>
    public const long MostBytes = 512L << 20;

    /// <summary>All files of one owner together.</summary>
    public const long MostBytesOfOwner = 8L << 30;

    /// <summary>The purpose of the files that batches make.</summary>
    public const string OfBatches = "batch_output";

    const string Folder = "files", Suffix = ".data";

    readonly Lazy<(PrivateFolder Folder, RecordFolder<StoredFile> Records)> store = new(() =>
    {
        var folder = new PrivateFolder(data, Folder);
        var records = new RecordFolder<StoredFile>(folder, WireJson.Wire.StoredFile, log);
        records.DropOrphans(Suffix);
        return (folder, records);
    });

    long Now => time.GetUtcNow().ToUnixTimeSeconds();

    RecordFolder<StoredFile> Records => store.Value.Records;

    /// <summary>The owner's files that have not expired.</summary>
    public IEnumerable<StoredFile> Of(string owner)
    {
        Sweep();
        return Records.All.Where(file => file.Owner == owner);
    }

    /// <summary>Deletes what has expired.</summary>
    public void Sweep()
    {
        foreach (var over in Records.All.Where(file => file.ExpiresAt <= Now).ToList()) Delete(over);
    }

    public StoredFile? Find(string owner, string id) => Of(owner).FirstOrDefault(file => file.Id == id);

    /// <summary>How many bytes an owner may still keep.</summary>
    public long Room(string owner) => MostBytesOfOwner - Of(owner).Sum(file => file.Bytes);

    /// <summary>A stream to write a new file to, under an id of its own; <see cref="Keep"/> or <see cref="Drop"/> must follow.</summary>
    public NewFile Begin(string owner)
    {
        var id = ids.Next("file-");
        return new(id, owner, store.Value.Folder.Begin(id + Suffix), Room(owner));
    }

    /// <param name="life">Seconds until it expires; null: it stays.</param>
    public StoredFile Keep(NewFile file, string filename, string purpose, long? life)
    {
        var record = new StoredFile(file.Id, file.Owner, filename, purpose, file.Stream.Length, Now, Now + life);
        store.Value.Folder.Keep(file.Stream, file.Id + Suffix);
        Records.Save(record);
        return record;
    }

    public void Drop(NewFile file) => store.Value.Folder.Drop(file.Stream, file.Id + Suffix);

    public FileStream Read(StoredFile file) => File.OpenRead(store.Value.Folder.PathOf(file.Id + Suffix));

    /// <summary>After a file went, for who keeps something that was made of it: on a full disk they can write to its space.</summary>
    public event Action<StoredFile>? Deleted;

    public void Delete(StoredFile file)
    {
        if (Records.Remove(file.Id)) store.Value.Folder.Delete(file.Id + Suffix);
        Deleted?.Invoke(file);
    }
}

/// <param name="Room">How many bytes its owner may still keep.</param>
sealed record NewFile(string Id, string Owner, FileStream Stream, long Room);
