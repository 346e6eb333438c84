// The files of a vector store, one by one and in batches. StoreFiles adds them, StoreReader reads them.
using Majlis.Server.Access;
using Majlis.Server.Files;
using Majlis.Server.Reference;
using Majlis.Server.Replies;
using Majlis.Server.Storage;
using Majlis.Server.Wire;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Majlis.Server.VectorStores;

static class StoreFileEndpoints
{
    public static void MapStoreFiles(this IEndpointRouteBuilder routes, string store)
    {
        routes.MapPost(store + "/files", AddAsync).RequireRole(Roles.Inference)
            .Says("Adds a file to a store, as passages.");
        routes.MapGet(store + "/files", List).RequireRole(Roles.Inference)
            .Says("The files of a store.");
        routes.MapGet(store + "/files/{file}", One).RequireRole(Roles.Inference)
            .Says("One file of a store.");
        routes.MapPost(store + "/files/{file}", ChangeAsync).RequireRole(Roles.Inference)
            .Says("Changes a file's attributes.");
        routes.MapDelete(store + "/files/{file}", Delete).RequireRole(Roles.Inference)
            .Says("Takes a file out of a store; the file itself stays.");
        routes.MapGet(store + "/files/{file}/content", Content).RequireRole(Roles.Inference)
            .Says("A file's passages.");
        routes.MapPost(store + "/file_batches", AddBatchAsync).RequireRole(Roles.Inference)
            .Says("Adds several files to a store.");
        routes.MapGet(store + "/file_batches/{batch}", Batch).RequireRole(Roles.Inference)
            .Says("The state of several files that were added together.");
        routes.MapPost(store + "/file_batches/{batch}/cancel", CancelBatch).RequireRole(Roles.Inference)
            .Says("Ends the adding of several files.");
        routes.MapGet(store + "/file_batches/{batch}/files", BatchFiles).RequireRole(Roles.Inference)
            .Says("The files that were added together.");
    }

    static Task<IResult> AddAsync(string id, HttpContext http, RequestReader reader, StoreRecords stores, StoreFiles files) =>
        ReadAsync(id, http, reader, stores, files, together: false);

    static Task<IResult> AddBatchAsync(string id, HttpContext http, RequestReader reader, StoreRecords stores, StoreFiles files) =>
        ReadAsync(id, http, reader, stores, files, together: true);

    static async Task<IResult> ReadAsync(string id, HttpContext http, RequestReader reader, StoreRecords stores, StoreFiles files,
        bool together)
    {
        var (problem, owner) = (new Problem(), ReplyOwner.Of(http));
        if (stores.Find(owner, id) is null) return VectorStoreEndpoints.Unknown(id).ToResult();
        var wishes = await reader.ReadAsync(http.Request, problem, body => StoreRequests.Added(body, problem, together));
        if (wishes is null || files.Begin(wishes, owner, problem) is not { } begun) return problem.First!.ToResult();
        if (files.Add(id, begun, together) is not { } added) return VectorStoreEndpoints.Unknown(id).ToResult();
        if (added.Batch is { } batch) return Reply(added.Store, batch);
        return Reply(added.Store, begun[0]);
    }

    static IResult List(string id, HttpContext http, StoreRecords stores) => stores.Find(ReplyOwner.Of(http), id) is { } store
        ? Page(http, store, store.Files) : VectorStoreEndpoints.Unknown(id).ToResult();

    static IResult One(string id, string file, HttpContext http, StoreRecords stores) =>
        Of(id, file, http, stores, Reply);

    static IResult Content(string id, string file, HttpContext http, StoreRecords stores) => Of(id, file, http, stores, (store, found) =>
        TypedResults.Json(new ContentPage("vector_store.file_content.page",
            [.. (stores.Passages(store.Id, found.FileId)?.Passages ?? [])
            .Select(passage => new TextPart("text", passage.Text))], false, null), WireJson.Wire.ContentPage));

    static async Task<IResult> ChangeAsync(string id, string file, HttpContext http, RequestReader reader, StoreRecords stores)
    {
        var problem = new Problem();
        if (stores.Find(ReplyOwner.Of(http), id)?.File(file) is null) return Unknown(file).ToResult();
        var attributes = await reader.ReadAsync(http.Request, problem, body => StoreRequests.Attributes(body, problem));
        if (attributes is null) return problem.First!.ToResult();
        var store = stores.Change(id, now => now.File(file) is { } found ? now.With(found with { Attributes = attributes }) : now);
        return store?.File(file) is { } changed ? Reply(store, changed) : Unknown(file).ToResult();
    }

    static IResult Delete(string id, string file, HttpContext http, StoreRecords stores) => Of(id, file, http, stores, (store, found) =>
    {
        stores.Remove(store.Id, found.FileId);
        return TypedResults.Json(new DeletedReply(found.FileId, "vector_store.file.deleted", true), WireJson.Wire.DeletedReply);
    });

    static IResult Batch(string id, string batch, HttpContext http, StoreRecords stores) => OfBatch(id, batch, http, stores, Reply);

    static IResult CancelBatch(string id, string batch, HttpContext http, StoreRecords stores, StoreFiles files) =>
        OfBatch(id, batch, http, stores, (store, found) =>
        {
            var now = files.Cancel(store.Id, found) ?? store;
            return Reply(now, now.Batches.Single(each => each.Id == found.Id));
        });

    static IResult BatchFiles(string id, string batch, HttpContext http, StoreRecords stores) => OfBatch(id, batch, http, stores,
        (store, found) => Page(http, store, store.Files.Where(file => found.Files.Contains(file.FileId))));

    static IResult Page(HttpContext http, StoredVectorStore store, IEnumerable<StoreFile> files)
    {
        var problem = new Problem();
        var status = http.Request.Query["filter"].ToString();
        if (status.Length > 0 && !StoreFile.Statuses.Contains(status))
            problem.Add(ApiError.InvalidValue("filter",
                $"Invalid 'filter': '{status}'. Supported values are: '{string.Join("', '", StoreFile.Statuses)}'."));
        if (Paging.Read(http.Request.Query, problem, Paging.Backwards, "filter") is not { } paging || RecordPages.Of(files
            .Where(file => status.Length == 0 || file.Status == status).Select(file => new Listed(file, store.Owner)), paging, problem)
            is not { } page) return problem.First!.ToResult();
        return TypedResults.Json(ListPage<StoreFileReply>.Of([.. page.Records.Select(item => StoreFileReply.Of(store, item.File))],
            file => file.Id, page.HasMore), WireJson.Wire.ListPageStoreFileReply);
    }

    static IResult Of(string id, string file, HttpContext http, StoreRecords stores, Func<StoredVectorStore, StoreFile, IResult> reply) =>
        stores.Find(ReplyOwner.Of(http), id) is not { } store ? VectorStoreEndpoints.Unknown(id).ToResult()
        : store.File(file) is not { } found ? Unknown(file).ToResult() : reply(store, found);

    static IResult OfBatch(string id, string batch, HttpContext http, StoreRecords stores,
        Func<StoredVectorStore, FileBatch, IResult> reply) =>
        stores.Find(ReplyOwner.Of(http), id) is not { } store ? VectorStoreEndpoints.Unknown(id).ToResult()
        : store.Batches.FirstOrDefault(other => other.Id == batch) is not { } found
            ? new ApiError(404, "invalid_request_error", $"No file batch found with id '{batch}'.", "batch_id").ToResult()
        : reply(store, found);

    static JsonHttpResult<StoreFileReply> Reply(StoredVectorStore store, StoreFile file) =>
        TypedResults.Json(StoreFileReply.Of(store, file), WireJson.Wire.StoreFileReply);

    static JsonHttpResult<FileBatchReply> Reply(StoredVectorStore store, FileBatch batch) =>
        TypedResults.Json(FileBatchReply.Of(store, batch), WireJson.Wire.FileBatchReply);

    static ApiError Unknown(string file) =>
        new(404, "invalid_request_error", $"No file found with id '{file}' in vector store.", "file_id");

    /// <summary>A file of a store as lists order it.</summary>
    sealed record Listed(StoreFile File, string Owner) : IRecord
    {
        public string Id => File.FileId;
        public long CreatedAt => File.CreatedAt;
    }
}
