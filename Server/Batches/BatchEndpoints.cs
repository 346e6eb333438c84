// /v1/batches: begins batches, shows and cancels them. BatchRunner runs them.
using System.Text.Json;
using Majlis.Server.Access;
using Majlis.Server.Files;
using Majlis.Server.Reference;
using Majlis.Server.Replies;
using Majlis.Server.Storage;
using Majlis.Server.Wire;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Majlis.Server.Batches;

static class BatchEndpoints
{
    const long Day = 24 * 3600;

    public static void MapBatches(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/batches", BeginAsync).RequireRole(Roles.Inference)
            .Says("Begins a batch: a file's requests, answered behind those of people who wait.");
        routes.MapGet("/v1/batches", List).RequireRole(Roles.Inference)
            .Says("The caller's batches.");
        routes.MapGet("/v1/batches/{id}", One).RequireRole(Roles.Inference)
            .Says("One batch.");
        routes.MapPost("/v1/batches/{id}/cancel", Cancel).RequireRole(Roles.Inference)
            .Says("Ends a batch; what is answered stays.");
    }

    static async Task<IResult> BeginAsync(HttpContext http, RequestReader reader, BatchStore batches, FileStore files, BatchCalls calls,
        BatchRunner runner)
    {
        var (problem, owner) = (new Problem(), ReplyOwner.Of(http));
        var wish = await reader.ReadAsync(http.Request, problem, body => Read(body, calls, problem));
        if (wish is null) return problem.First!.ToResult();
        if (files.Find(owner, wish.InputFileId) is not { } file)
            return FileEndpoints.Unknown(wish.InputFileId, "input_file_id").ToResult();
        if (file.Purpose != "batch")
            return ApiError.InvalidValue("input_file_id", $"Invalid 'input_file_id': {file.Id} was kept for '{file.Purpose}', not 'batch'.")
                .ToResult();
        await using var input = files.Read(file);
        var batch = await batches.AddAsync(wish, owner, input, http.RequestAborted);
        runner.Wake();
        return Reply(batch);
    }

    static NewBatch? Read(JsonElement body, BatchCalls calls, Problem problem)
    {
        var fields = new Fields(body, "", problem);
        if (problem.First is not null) return null;
        var (input, endpoint) = (fields.RequiredText("input_file_id"), fields.Word("endpoint", calls.Paths, required: true));
        var window = fields.Word("completion_window", ["24h"], required: true);
        var metadata = Metadata.Read(fields);
        long? life = null;
        if (fields.Of("output_expires_after", JsonValueKind.Object, "an object") is { } expiry)
        {
            var inner = new Fields(expiry, "output_expires_after", problem);
            inner.Word("anchor", ["created_at"], required: true);
            life = inner.Integer("seconds", FileUpload.LeastLife, FileUpload.MostLife);
            inner.Done();
        }
        fields.Done();
        return problem.First is null ? new(endpoint, input, window, Day, metadata, life) : null;
    }

    static IResult List(HttpContext http, BatchStore batches)
    {
        var problem = new Problem();
        if (Paging.Read(http.Request.Query, problem) is not { } paging
            || RecordPages.Of(batches.Of(ReplyOwner.Of(http)), paging, problem) is not { } page) return problem.First!.ToResult();
        return TypedResults.Json(ListPage<BatchReply>.Of([.. page.Records.Select(BatchReply.Of)], batch => batch.Id, page.HasMore),
            WireJson.Wire.ListPageBatchReply);
    }

    static IResult One(string id, HttpContext http, BatchStore batches) =>
        batches.Find(ReplyOwner.Of(http), id) is { } batch ? Reply(batch) : Unknown(id).ToResult();

    static IResult Cancel(string id, HttpContext http, BatchStore batches, BatchRunner runner)
    {
        if (batches.Find(ReplyOwner.Of(http), id) is not { } batch) return Unknown(id).ToResult();
        if (batch.IsOver)
            return new ApiError(409, "invalid_request_error", $"Cannot cancel a batch with status '{batch.Status}'.").ToResult();
        batch = batches.Change(id, now => now.IsOver ? now
            : now with { Status = StoredBatch.Cancelling, CancellingAt = now.CancellingAt ?? batches.Now })!;
        runner.Cancel(id);
        return Reply(batch);
    }

    static JsonHttpResult<BatchReply> Reply(StoredBatch batch) => TypedResults.Json(BatchReply.Of(batch), WireJson.Wire.BatchReply);

    static ApiError Unknown(string id) => new(404, "invalid_request_error", $"No batch found with id '{id}'.", "id");
}
