// The adapters that finished jobs left, served by name on the weights that they were trained on; the first request for one loads it. Knows
// no request.
using System.Globalization;
using Majlis.Inference;
using Majlis.Server.Models;
using Majlis.Text;

namespace Majlis.Server.FineTuning;

sealed class TunedAdapters(JobStore jobs, ILogger<TunedAdapters> log)
{
    const string Step = "-step-";

    readonly Lock bringing = new();

    /// <summary>The name of a job's adapter, or of a checkpoint's, beside its base.</summary>
    public static string NameOf(StoredJob job, int? step = null) => ModelNames.With(job.Base,
        step is { } at ? string.Create(CultureInfo.InvariantCulture, $"{job.AdapterName}{Step}{at}") : job.AdapterName);

    /// <summary>The finished adapters that fit a model.</summary>
    public IEnumerable<string> Names(LoadedModel live) =>
        Finished().Where(job => job.BaseHash == live.WeightsHash).Select(job => job.AdapterName);

    /// <summary>Serves the adapter of this name if a job left it and it is not there yet; else the model knows why.</summary>
    public void Bring(string name, LoadedModel live)
    {
        if (live.Adapters.Named(name) is not null || Find(name) is not var (job, folder)) return;
        lock (bringing)
            if (live.Adapters.Named(name) is null) Bring(name, job, folder, live);
    }

    /// <summary>Deletes a finished job's adapter with its checkpoints; false where the owner has none of this name.</summary>
    /// <param name="model">BASE:NAME.</param>
    public bool Delete(string owner, string model, LoadedModel? live)
    {
        if (Finished().FirstOrDefault(job => job.Owner == owner && job.FineTunedModel == model) is not { } job) return false;
        var folder = jobs.FolderOf(job.Id);
        string[] names = [job.AdapterName, .. folder.Epochs.Select(epoch => $"{job.AdapterName}{Step}{epoch.Step}")];
        jobs.Change(job.Id, now => now with { IsModelDeleted = true });
        foreach (var name in names) live?.Adapters.Remove(name);
        Directory.Delete(folder.Run, recursive: true);
        return true;
    }

    void Bring(string name, StoredJob job, string folder, LoadedModel live) =>
        new AdapterFolder(folder, job.Id).Serve(name, live, log, () =>
        {
            if (job.BaseHash != live.WeightsHash)
                throw new ModelFormatException($"It was trained on '{job.Base}' with other weights than those of '{live.Version}' now.");
        });

    (StoredJob Job, string Folder)? Find(string name)
    {
        foreach (var job in jobs.All.Where(job => !job.IsModelDeleted && name.StartsWith(job.AdapterName, StringComparison.Ordinal)))
        {
            var folder = jobs.FolderOf(job.Id);
            if (name.Length == job.AdapterName.Length) return job.Status == StoredJob.Succeeded ? (job, folder.Adapter) : null;
            foreach (var (step, epoch) in folder.Epochs)
                if (ModelNames.With(job.Base, name) == NameOf(job, step)) return (job, epoch);
        }
        return null;
    }

    IEnumerable<StoredJob> Finished() => jobs.All.Where(job => job.Status == StoredJob.Succeeded && !job.IsModelDeleted);
}
