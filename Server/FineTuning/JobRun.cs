// One job from the queue to its model. A trainer that is killed is run again and goes on from its last checkpoint; one that is killed
// again and again without getting further fails the job. Knows no HTTP.
using System.Text.Json.Nodes;

namespace Majlis.Server.FineTuning;

sealed class JobRun(JobStore jobs, JobResult result, TimeProvider time)
{
    const int MostKills = 3;

    /// <summary>Trains a job.</summary>
    /// <param name="stop">It is cancelled or paused, or the server stops: what is done so far is kept on disk.</param>
    public async Task RunAsync(StoredJob job, CancellationToken stop)
    {
        var begun = jobs.Change(job.Id, now => now.Status == StoredJob.Queued ? now with { Status = StoredJob.Running } : now);
        if (begun?.Status != StoredJob.Running) return;
        if (job.Status == StoredJob.Queued) jobs.Tell(job.Id, "info", "Fine-tuning job started");
        var (step, kills) = (LastStep(job.Id), 0);
        while (!stop.IsCancellationRequested)
        {
            var before = step;
            var pace = new Pace(begun, time);
            var end = await new TrainerRun(jobs.FolderOf(job.Id), job.Method, time).RunAsync(TrainableModels.Program!, before,
                (done, values) =>
                {
                    step = done;
                    Stepped(job.Id, done, values, pace);
                }, stop);
            if (stop.IsCancellationRequested) return;
            kills = !end.IsKilled || step > before ? 0 : kills + 1;
            if (end.IsKilled && kills < MostKills)
            {
                jobs.Tell(job.Id, "warn", "The trainer was killed; it goes on from its last checkpoint");
                continue;
            }
            End(begun, end, step);
            return;
        }
    }

    void Stepped(string id, int step, JsonObject values, Pace pace)
    {
        var metrics = new JsonObject { ["step"] = step };
        foreach (var (name, value) in values) metrics[name] = value?.DeepClone();
        var held = values["eval_loss"] is { } loss ? FormattableString.Invariant($", validation loss={Number(loss):0.0000}") : "";
        jobs.Tell(id, "info", FormattableString.Invariant($"Step {step}: training loss={Number(values["loss"]):0.0000}{held}"), metrics);
        var finish = pace.At(Number(values["epoch"]));
        jobs.Show(id, now => now.Status == StoredJob.Running ? now with { EstimatedFinish = finish } : now);
    }

    void End(StoredJob job, TrainerEnd end, int step)
    {
        var folder = jobs.FolderOf(job.Id);
        if (end.Code != 0)
        {
            var error = new JobError(end.IsKilled ? "trainer_killed" : "training_failed", end.Complaint is { } said ? folder.Plain(said)
                : end.IsKilled ? $"The trainer was killed {MostKills} times without getting further than step {step}."
                : $"The trainer ended with exit code {end.Code} and said nothing.", null);
            jobs.Tell(job.Id, "error", error.Message);
            Finish(job.Id, now => now with { Status = StoredJob.Failed, Error = error });
            return;
        }
        var (name, file) = (TunedAdapters.NameOf(job), result.KeepMetrics(job, folder));
        var tokens = (long)Number(folder.Steps().LastOrDefault().Values?["num_tokens"]);
        folder.Tidy();
        jobs.Tell(job.Id, "info", $"New fine-tuned model created: {name}");
        jobs.Tell(job.Id, "info", "The job has successfully completed");
        Finish(job.Id, now => now with
        {
            Status = StoredJob.Succeeded,
            FineTunedModel = name,
            TrainedTokens = tokens,
            ResultFiles = [file],
        });
    }

    // A job that was cancelled at its last moment stays cancelled.
    void Finish(string id, Func<StoredJob, StoredJob> change) => jobs.Change(id, now => now.Status != StoredJob.Running ? now
        : change(now) with { FinishedAt = jobs.Now, EstimatedFinish = null });

    int LastStep(string id) => jobs.Events(id).Where(told => told.Type == "metrics").Select(told => (int)told.Data["step"]!)
        .DefaultIfEmpty(0).Max();

    // The trainer writes what is not finite by its name.
    static double Number(JsonNode? node) => node is JsonValue value && value.TryGetValue<double>(out var number) ? number : double.NaN;

    /// <summary>When a run will have seen all epochs, told from those that it has seen since it began.</summary>
    sealed class Pace(StoredJob job, TimeProvider time)
    {
        readonly long begun = time.GetTimestamp();
        double? first;

        public long? At(double epoch)
        {
            first ??= epoch;
            if (!(epoch > first)) return null;
            var left = time.GetElapsedTime(begun) * ((job.Numbers.Epochs!.Value - epoch) / (epoch - first.Value));
            return (time.GetUtcNow() + left).ToUnixTimeSeconds();
        }
    }
}
