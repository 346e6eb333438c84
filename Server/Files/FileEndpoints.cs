// /v1/files: keeps files, lists them, gives them back. FileUpload reads what comes in.
using Majlis.Server.Access;
using Majlis.Server.Reference;
using Majlis.Server.Replies;
using Majlis.Server.Storage;
using Majlis.Server.Wire;

namespace Majlis.Server.Files;

static class FileEndpoints
{
    public static void MapFiles(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/files", AddAsync).RequireRole(Roles.Inference)
            .Says("Keeps a file; JSONL is checked line by line.");
        routes.MapGet("/v1/files", List).RequireRole(Roles.Inference)
            .Says("The caller's files.");
        routes.MapGet("/v1/files/{id}", One).RequireRole(Roles.Inference)
            .Says("One file.");
        routes.MapDelete("/v1/files/{id}", Delete).RequireRole(Roles.Inference)
            .Says("Deletes a file.");
        routes.MapGet("/v1/files/{id}/content", Content).RequireRole(Roles.Inference)
            .Says("The bytes of a file.");
    }

    static async Task<IResult> AddAsync(HttpContext http, FileStore files)
    {
        var problem = new Problem();
        var file = await FileUpload.ReadAsync(http, files, problem);
        return file is null ? problem.First!.ToResult() : TypedResults.Json(FileReply.Of(file), WireJson.Wire.FileReply);
    }

    static IResult List(HttpContext http, FileStore files)
    {
        var problem = new Problem();
        var purpose = http.Request.Query["purpose"].ToString();
        if (Paging.Read(http.Request.Query, problem, Paging.MostFiles, Paging.MostFiles, ["purpose"]) is not { } paging)
            return problem.First!.ToResult();
        var own = files.Of(ReplyOwner.Of(http)).Where(file => purpose.Length == 0 || file.Purpose == purpose);
        return RecordPages.Of(own, paging, problem) is not { } page ? problem.First!.ToResult()
            : TypedResults.Json(ListPage<FileReply>.Of([.. page.Records.Select(FileReply.Of)], file => file.Id, page.HasMore),
                WireJson.Wire.ListPageFileReply);
    }

    static IResult One(string id, HttpContext http, FileStore files) => files.Find(ReplyOwner.Of(http), id) is { } file
        ? TypedResults.Json(FileReply.Of(file), WireJson.Wire.FileReply) : Unknown(id).ToResult();

    static IResult Delete(string id, HttpContext http, FileStore files)
    {
        if (files.Find(ReplyOwner.Of(http), id) is not { } file) return Unknown(id).ToResult();
        files.Delete(file);
        return TypedResults.Json(new DeletedReply(id, "file", true), WireJson.Wire.DeletedReply);
    }

    static IResult Content(string id, HttpContext http, FileStore files)
    {
        if (files.Find(ReplyOwner.Of(http), id) is not { } file) return Unknown(id).ToResult();
        try
        {
            return TypedResults.Stream(files.Read(file), "application/octet-stream", file.Filename);
        }
        catch (FileNotFoundException)
        {
            return Unknown(id).ToResult(); // somebody took it off the disk
        }
    }

    /// <summary>No such file, or another key's.</summary>
    public static ApiError Unknown(string id, string param = "id") =>
        new(404, "invalid_request_error", $"No such File object: {id}", param);
}
