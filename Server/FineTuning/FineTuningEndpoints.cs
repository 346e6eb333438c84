// /v1/fine_tuning/jobs: begins jobs, shows, cancels, pauses and resumes them, tells what happened to them. JobRunner trains them.
using Majlis.Inference;
using Majlis.Server.Access;
using Majlis.Server.Files;
using Majlis.Server.Reference;
using Majlis.Server.Replies;
using Majlis.Server.Storage;
using Majlis.Server.Wire;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Majlis.Server.FineTuning;

static class FineTuningEndpoints
{
    const string List = "/v1/fine_tuning/jobs", Path = List + "/{id}";

    public static void MapFineTuning(this IEndpointRouteBuilder routes)
    {
        routes.MapPost(List, BeginAsync).RequireRole(Roles.Inference)
            .Says<JobReply>("Begins a fine-tuning job: an adapter learns from a file of chats or of preferences.");
        routes.MapGet(List, ListJobs).RequireRole(Roles.Inference)
            .Says<ListPage<JobReply>>("The caller's fine-tuning jobs.");
        routes.MapGet(Path, (string id, HttpContext http, JobStore jobs) =>
            jobs.Find(ReplyOwner.Of(http), id) is { } job ? Reply(job) : Unknown(id).ToResult()).RequireRole(Roles.Inference)
            .Says<JobReply>("One fine-tuning job.");
        routes.MapGet($"{Path}/events", Events).RequireRole(Roles.Inference)
            .Says<ListPage<JobEvent>>("What happened to a job, with every step's metrics.");
        routes.MapGet($"{Path}/checkpoints", Checkpoints).RequireRole(Roles.Inference)
            .Says<ListPage<CheckpointReply>>("The adapters of a job's last epochs.");
        routes.MapPost($"{Path}/cancel", (string id, HttpContext http, JobStore jobs, JobRunner runner) => Move(id, http, jobs, runner,
            StoredJob.Cancelled, "cancelled", job => !job.IsOver)).RequireRole(Roles.Inference)
            .Says<JobReply>("Ends a job.");
        routes.MapPost($"{Path}/pause", (string id, HttpContext http, JobStore jobs, JobRunner runner) => Move(id, http, jobs, runner,
            StoredJob.Paused, "paused", job => job.Status is StoredJob.Queued or StoredJob.Running)).RequireRole(Roles.Inference)
            .Says<JobReply>("Stops a job's training where it is.");
        routes.MapPost($"{Path}/resume", (string id, HttpContext http, JobStore jobs, JobRunner runner) => Move(id, http, jobs, runner,
            StoredJob.Queued, "resumed", job => job.Status == StoredJob.Paused)).RequireRole(Roles.Inference)
            .Says<JobReply>("Goes on with a paused job.");
        routes.MapDelete("/v1/models/{**id}", DeleteModel).RequireRole(Roles.Inference)
            .Says<DeletedReply>("Deletes what a fine-tuning job came to.");
    }

    static IResult DeleteModel(string id, HttpContext http, TunedAdapters tuned, LiveModel live)
    {
        // Clients send a slash inside an id as %2F, which routing does not decode.
        var name = Uri.UnescapeDataString(id);
        return tuned.Delete(ReplyOwner.Of(http), name, live.Current)
            ? TypedResults.Json(new DeletedReply(name, "model", true), WireJson.Wire.DeletedReply)
            : new ApiError(404, "invalid_request_error", $"There is no fine-tuned model '{name}' of yours.", "model", "model_not_found")
                .ToResult();
    }

    static async Task<IResult> BeginAsync(HttpContext http, RequestReader reader, JobStore jobs, FileStore files, TrainableModels models,
        JobRunner runner)
    {
        var (problem, owner) = (new Problem(), ReplyOwner.Of(http));
        if (await reader.ReadAsync(http.Request, problem, body => JobRequestReader.Read(body, problem)) is not { } wish)
            return problem.First!.ToResult();
        CheckFile(wish.TrainingFile, "training_file");
        if (wish.ValidationFile is { } validation) CheckFile(validation, "validation_file");
        if (problem.First is not null || models.Find(wish.Model, problem) is not { } model) return problem.First!.ToResult();
        var job = jobs.Add(wish, model.Version, model.WeightsHash, owner);
        runner.Wake();
        return Reply(job);

        void CheckFile(string id, string param)
        {
            if (files.Find(owner, id) is not { } file) problem.Add(FileEndpoints.Unknown(id, param));
            else if (file.Purpose != "fine-tune")
                problem.Add(ApiError.InvalidValue(param, $"Invalid '{param}': {id} was kept for '{file.Purpose}', not 'fine-tune'."));
        }
    }

    static IResult ListJobs(HttpContext http, JobStore jobs)
    {
        var (problem, query) = (new Problem(), http.Request.Query);
        string[] pairs = [.. query.Keys.Where(name => name.StartsWith("metadata[", StringComparison.Ordinal) && name.EndsWith(']'))];
        if (Paging.Read(query, problem, ["metadata", .. pairs]) is not { } paging) return problem.First!.ToResult();
        var own = jobs.Of(ReplyOwner.Of(http)).Where(job => !query.ContainsKey("metadata") || job.Metadata is null)
            .Where(job => pairs.All(pair => (string?)job.Metadata?[pair["metadata[".Length..^1]] == query[pair]));
        return RecordPages.Of(own, paging, problem) is not { } page ? problem.First!.ToResult()
            : TypedResults.Json(ListPage<JobReply>.Of([.. page.Records.Select(JobReply.Of)], job => job.Id, page.HasMore),
                WireJson.Wire.ListPageJobReply);
    }

    static IResult Events(string id, HttpContext http, JobStore jobs)
    {
        var problem = new Problem();
        if (Paging.Read(http.Request.Query, problem) is not { } paging) return problem.First!.ToResult();
        if (jobs.Find(ReplyOwner.Of(http), id) is not { } job) return Unknown(id).ToResult();
        var events = jobs.Events(job.Id).AsEnumerable();
        if (paging.NewestFirst) events = events.Reverse();
        return ListPage<JobEvent>.After([.. events], paging, told => told.Id) is { } page
            ? TypedResults.Json(page, WireJson.Wire.ListPageJobEvent) : paging.UnknownAfter().ToResult();
    }

    static IResult Checkpoints(string id, HttpContext http, JobStore jobs)
    {
        var problem = new Problem();
        if (Paging.Read(http.Request.Query, problem) is not { } paging) return problem.First!.ToResult();
        if (jobs.Find(ReplyOwner.Of(http), id) is not { } job) return Unknown(id).ToResult();
        return ListPage<CheckpointReply>.After([.. JobResult.Checkpoints(job, jobs.FolderOf(id))], paging, kept => kept.Id) is { } page
            ? TypedResults.Json(page, WireJson.Wire.ListPageCheckpointReply) : paging.UnknownAfter().ToResult();
    }

    static IResult Move(string id, HttpContext http, JobStore jobs, JobRunner runner, string status, string word,
        Func<StoredJob, bool> isPossible)
    {
        if (jobs.Find(ReplyOwner.Of(http), id) is null) return Unknown(id).ToResult();
        var moved = false;
        var job = jobs.Change(id, now =>
        {
            moved = isPossible(now);
            return !moved ? now : now with
            {
                Status = status,
                EstimatedFinish = null,
                FinishedAt = status == StoredJob.Cancelled ? jobs.Now : null,
            };
        })!;
        if (!moved)
            return new ApiError(400, "invalid_request_error", $"Job {id} cannot be {word}: it is {job.Status}.", "id", "invalid_job_status")
                .ToResult();
        jobs.Tell(id, "info", $"Fine-tuning job {word}");
        if (status != StoredJob.Queued) runner.Stop(id);
        runner.Wake();
        return Reply(job);
    }

    static JsonHttpResult<JobReply> Reply(StoredJob job) => TypedResults.Json(JobReply.Of(job), WireJson.Wire.JobReply);

    static ApiError Unknown(string id) =>
        new(404, "invalid_request_error", $"Could not find fine tune: {id}", "fine_tune_id", "fine_tune_not_found");
}
