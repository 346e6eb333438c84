// /v1/uploads: a large file in parts. UploadStore keeps the parts, UploadJoin makes a file of them.
using System.Text.Json;
using Majlis.Server.Access;
using Majlis.Server.Reference;
using Majlis.Server.Replies;
using Majlis.Server.Wire;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Majlis.Server.Files;

static class UploadEndpoints
{
    public static void MapUploads(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/uploads", BeginAsync).RequireRole(Roles.Inference)
            .Says("Begins the upload of a large file in parts.");
        routes.MapPost("/v1/uploads/{id}/parts", PartAsync).RequireRole(Roles.Inference)
            .Says("A part of an upload.");
        routes.MapPost("/v1/uploads/{id}/complete", CompleteAsync).RequireRole(Roles.Inference)
            .Says("Makes a file of the parts named.");
        routes.MapPost("/v1/uploads/{id}/cancel", Cancel).RequireRole(Roles.Inference)
            .Says("Ends an upload without a file.");
    }

    static async Task<IResult> BeginAsync(HttpContext http, RequestReader reader, UploadStore uploads)
    {
        var problem = new Problem();
        var upload = await reader.ReadAsync(http.Request, problem, body => Begin(body, ReplyOwner.Of(http), uploads, problem));
        return upload is null ? problem.First!.ToResult() : Reply(uploads, upload);
    }

    static StoredUpload? Begin(JsonElement body, string owner, UploadStore uploads, Problem problem)
    {
        var fields = new Fields(body, "", problem);
        if (problem.First is not null) return null;
        var (filename, purpose) = (fields.RequiredText("filename"), fields.RequiredText("purpose"));
        fields.RequiredText("mime_type");
        if (!fields.Has("bytes")) problem.Add(ApiError.MissingField("bytes"));
        var bytes = fields.Integer("bytes", 1, FileStore.MostBytes) ?? 0;
        long? life = null;
        if (fields.Of("expires_after", JsonValueKind.Object, "an object") is { } expiry)
        {
            var inner = new Fields(expiry, "expires_after", problem);
            inner.Word("anchor", ["created_at"], required: true);
            life = inner.Integer("seconds", FileUpload.LeastLife, FileUpload.MostLife);
            inner.Done();
        }
        if (!FileUpload.Purposes.Contains(purpose)) problem.Add(FileUpload.WrongPurpose(purpose));
        fields.Done();
        if (problem.First is null && uploads.Room(owner) < bytes) problem.Add(FileUpload.Full());
        return problem.First is null ? uploads.Begin(owner, filename, purpose, bytes, life) : null;
    }

    static async Task<IResult> PartAsync(string id, HttpContext http, UploadStore uploads)
    {
        var problem = new Problem();
        if (Pending(id, http, uploads, problem) is not { } upload) return problem.First!.ToResult();
        var room = upload.Bytes - upload.Parts.Sum(part => part.Bytes);
        var (partId, stream) = uploads.BeginPart();
        UploadPart? kept = null;
        try
        {
            var form = await FormReader.ReadAsync(http.Request, "data", stream, Math.Min(room, UploadStore.MostPartBytes), problem);
            if (form is { Filename: null }) problem.Add(ApiError.MissingField("data"));
            foreach (var name in form?.Fields.Keys ?? Enumerable.Empty<string>()) problem.Add(ApiError.UnknownField(name));
            if (problem.First is null && (kept = uploads.KeepPart(upload, partId, stream)) is null) problem.Add(Over(id));
        }
        finally
        {
            if (kept is null) uploads.DropPart(partId, stream);
        }
        return kept is null ? problem.First!.ToResult()
            : TypedResults.Json(new UploadPartReply(kept.Id, "upload.part", kept.CreatedAt, id), WireJson.Wire.UploadPartReply);
    }

    static async Task<IResult> CompleteAsync(string id, HttpContext http, RequestReader reader, UploadStore uploads, UploadJoin join)
    {
        var problem = new Problem();
        if (Pending(id, http, uploads, problem) is not { } upload) return problem.First!.ToResult();
        var order = await reader.ReadAsync(http.Request, problem, body => UploadJoin.ReadOrder(body, upload, problem));
        if (order is null || await join.RunAsync(upload, order, problem, http.RequestAborted) is not { } file)
            return problem.First!.ToResult();
        return Reply(uploads, upload with { Status = "completed", FileId = file.Id });
    }

    static IResult Cancel(string id, HttpContext http, UploadStore uploads)
    {
        var problem = new Problem();
        if (Pending(id, http, uploads, problem) is not { } upload) return problem.First!.ToResult();
        return uploads.End(upload, null) ? Reply(uploads, upload with { Status = "cancelled" }) : Over(id).ToResult();
    }

    static StoredUpload? Pending(string id, HttpContext http, UploadStore uploads, Problem problem)
    {
        var upload = uploads.Find(ReplyOwner.Of(http), id);
        if (upload is null) problem.Add(new(404, "invalid_request_error", $"No such Upload object: {id}", "id"));
        else if (upload.Status != "pending") problem.Add(Over(id));
        return problem.First is null ? upload : null;
    }

    public static ApiError Over(string id) =>
        new(400, "invalid_request_error", $"Upload {id} is completed or cancelled already.", "id", "invalid_upload_status");

    static JsonHttpResult<UploadReply> Reply(UploadStore uploads, StoredUpload upload) =>
        TypedResults.Json(UploadReply.Of(upload, uploads.FileOf(upload)), WireJson.Wire.UploadReply);
}
