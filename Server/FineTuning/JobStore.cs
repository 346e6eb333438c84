// The fine-tuning jobs that clients have begun, each seen by the key that began it only, and what happened to each. Knows neither HTTP nor
// how a job is trained.
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Majlis.Server.Storage;
using Majlis.Server.Wire;

namespace Majlis.Server.FineTuning;

sealed class JobStore(string data, IdSource ids, TimeProvider time, ILogger<JobStore> log)
{
    const string FolderName = "fine_tuning", EventSuffix = ".events";

    readonly Lock writing = new();

    readonly Lazy<(PrivateFolder Folder, RecordFolder<StoredJob> Records)> store = new(() =>
    {
        var folder = new PrivateFolder(data, FolderName);
        return (folder, new(folder, WireJson.Wire.StoredJob, log));
    });

    public long Now => time.GetUtcNow().ToUnixTimeSeconds();

    RecordFolder<StoredJob> Records => store.Value.Records;

    public IEnumerable<StoredJob> Of(string owner) => Records.All.Where(job => job.Owner == owner);

    public ICollection<StoredJob> All => Records.All;

    public StoredJob? Find(string owner, string id) => Find(id) is { } job && job.Owner == owner ? job : null;

    public StoredJob? Find(string id) => Records.Find(id);

    /// <summary>What is to be checked or trained, the oldest first.</summary>
    public ImmutableArray<StoredJob> Open() => [.. Records.All.Where(job => !job.IsOver && job.Status != StoredJob.Paused)
        .OrderBy(job => job.CreatedAt).ThenBy(job => job.Id, StringComparer.Ordinal)];

    /// <summary>Where a job's files lie: what it learns from, its checkpoints, its result.</summary>
    public JobFolder FolderOf(string id) => new(Path.Combine(data, FolderName, id));

    /// <param name="version">What is trained.</param>
    /// <param name="hash">Of its weights.</param>
    public StoredJob Add(NewJob wish, string version, string hash, string owner)
    {
        var job = new StoredJob(ids.Next("ftjob-"), owner, Now, wish.Model, version, hash, wish.Method, wish.Numbers, wish.TrainingFile,
            wish.ValidationFile, wish.Suffix, wish.Seed ?? (int)(ids.Seed() & int.MaxValue))
        {
            Metadata = wish.Metadata,
        };
        Records.Save(job);
        Tell(job.Id, "info", $"Created fine-tuning job: {job.Id}");
        return job;
    }

    public StoredJob? Change(string id, Func<StoredJob, StoredJob> change) => Records.Change(id, change);

    /// <summary>Shows what is told anew after a restart, without writing it.</summary>
    public void Show(string id, Func<StoredJob, StoredJob> change) => Records.Show(id, change);

    /// <summary>Adds an event. It has a line of its own, also behind one that a kill cut off.</summary>
    public void Tell(string id, string level, string message, JsonObject? metrics = null)
    {
        var happened = new JobEvent(ids.Next("ftevent-"), "fine_tuning.job.event", Now, level, message,
            metrics is null ? "message" : "metrics", metrics ?? []);
        var line = "\n" + JsonSerializer.Serialize(happened, WireJson.Wire.JobEvent) + "\n";
        lock (writing)
        {
            using var file = store.Value.Folder.Append(id + EventSuffix);
            file.Write(Encoding.UTF8.GetBytes(line));
        }
    }

    /// <summary>What happened to a job, the oldest first.</summary>
    public IReadOnlyList<JobEvent> Events(string id)
    {
        var path = store.Value.Folder.PathOf(id + EventSuffix);
        if (!File.Exists(path)) return [];
        lock (writing) return [.. File.ReadLines(path).Where(line => line.Length > 0).Select(Read).OfType<JobEvent>()];
    }

    // A line that a kill cut off is lost: what it told happens again.
    static JobEvent? Read(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, WireJson.Wire.JobEvent);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
