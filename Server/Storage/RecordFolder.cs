// Records of one kind, a JSON file each, all in memory: what is saved is on the disk when the call returns. Knows no record's fields.
using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Majlis.Server.Operations;

namespace Majlis.Server.Storage;

sealed class RecordFolder<T> where T : class, IRecord
{
    const string Suffix = ".json";

    readonly PrivateFolder folder;
    readonly JsonTypeInfo<T> type;
    readonly ConcurrentDictionary<string, T> records = new();
    readonly Lock writing = new();

    /// <summary>Reads what is there; a file that cannot be read is told to the log and left alone.</summary>
    public RecordFolder(PrivateFolder folder, JsonTypeInfo<T> type, ILogger log)
    {
        (this.folder, this.type) = (folder, type);
        foreach (var name in folder.Names(Suffix))
            try
            {
                var record = JsonSerializer.Deserialize(File.ReadAllBytes(folder.PathOf(name)), type);
                if (record?.Id is { } id && id + Suffix == name && record.Owner is not null) records[id] = record;
                else log.DamagedRecord(folder.PathOf(name), "it is not the record of this name.");
            }
            catch (Exception damaged) when (damaged is JsonException or IOException or UnauthorizedAccessException)
            {
                log.DamagedRecord(folder.PathOf(name), damaged.Message);
            }
    }

    public ICollection<T> All => records.Values;

    /// <summary>Whether all files of records could be read.</summary>
    public bool IsWhole => folder.Names(Suffix).All(name => records.ContainsKey(Path.GetFileNameWithoutExtension(name)));

    /// <summary>Deletes the files of this suffix that have no record, not even a damaged one: a kill left them.</summary>
    public void DropOrphans(string suffix)
    {
        foreach (var name in folder.Names(suffix).ToList())
            if (!File.Exists(folder.PathOf(Path.ChangeExtension(name, Suffix)))) folder.Delete(name);
    }

    public T? Find(string id) => records.GetValueOrDefault(id);

    public void Save(T record)
    {
        lock (writing)
        {
            folder.Replace(record.Id + Suffix, JsonSerializer.SerializeToUtf8Bytes(record, type));
            records[record.Id] = record;
        }
    }

    /// <summary>Saves what <paramref name="change"/> makes of the record as it is now; null where it is gone.</summary>
    public T? Change(string id, Func<T, T> change)
    {
        lock (writing)
        {
            if (Find(id) is not { } record) return null;
            var changed = change(record);
            if (!ReferenceEquals(changed, record)) Save(changed);
            return changed;
        }
    }

    /// <summary>Changes a record in memory only.</summary>
    public void Show(string id, Func<T, T> change)
    {
        lock (writing)
            if (Find(id) is { } record) records[id] = change(record);
    }

    public bool Remove(string id)
    {
        lock (writing)
        {
            if (!records.TryRemove(id, out _)) return false;
            folder.Delete(id + Suffix);
            return true;
        }
    }
}

/// <summary>What has an id that is safe as a file's name, an owner, and a time from which lists are ordered.</summary>
interface IRecord
{
    string Id { get; }
    string Owner { get; }
    long CreatedAt { get; }
}
