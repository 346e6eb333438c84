// A new job's files, checked line by line and copied, so that a client may delete its own; then the job waits for its turn.
using System.Text;
using Majlis.Model;
using Majlis.Server.Files;

namespace Majlis.Server.FineTuning;

sealed class JobCheck(JobStore jobs, FileStore files, TrainableModels models)
{
    /// <summary>Brings a job from its files' check into the queue, or to its end.</summary>
    public async Task RunAsync(StoredJob job, CancellationToken stop)
    {
        jobs.Tell(job.Id, "info", $"Validating training file: {job.TrainingFile}"
            + (job.ValidationFile is { } other ? $" and validation file: {other}" : ""));
        var folder = jobs.FolderOf(job.Id);
        folder.Create();
        var (rows, wrong) = await TakeAsync(job, job.TrainingFile, folder.Training, "training_file", stop);
        if (wrong is null && job.ValidationFile is { } validation)
            (_, wrong) = await TakeAsync(job, validation, folder.Validation, "validation_file", stop);
        if (wrong is null && (models.PathOf(job.Base), models.Context) is (null, _) or (_, null))
            wrong = new("model_not_available", $"The weights of '{job.Base}' are no longer here.", null);
        if (wrong is null)
        {
            job = job with { Numbers = JobRecipe.Decide(job.Numbers, job.Method, rows) };
            var recipe = JobRecipe.Of(job, models.PathOf(job.Base)!, models.Context!.Value, rows, folder);
            DurableFiles.Replace(folder.Recipe, Encoding.UTF8.GetBytes(recipe.ToJsonString()));
        }
        var moved = jobs.Change(job.Id, now => now.Status != StoredJob.ValidatingFiles ? now
            : wrong is null ? now with { Status = StoredJob.Queued, Numbers = job.Numbers }
            : now with { Status = StoredJob.Failed, Error = wrong, FinishedAt = jobs.Now });
        if (moved?.Status == StoredJob.Queued) jobs.Tell(job.Id, "info", "Files validated, moving job to queued state");
        else if (moved?.Error is { } error) jobs.Tell(job.Id, "error", error.Message);
    }

    async Task<(int Rows, JobError? Wrong)> TakeAsync(StoredJob job, string id, string to, string param, CancellationToken stop)
    {
        if (files.Find(job.Owner, id) is not { } file) return (0, new("file_not_found", $"The file {id} is gone.", param));
        await using (var from = files.Read(file))
        await using (var copy = File.Create(to)) await from.CopyToAsync(copy, stop);
        var (lines, wrong) = await TrainingLines.CheckAsync(to, job.Method, stop);
        return (lines, wrong is null ? null : new($"invalid_{param}", $"{file.Filename}, {wrong}", param));
    }
}
