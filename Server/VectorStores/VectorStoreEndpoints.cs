// /v1/vector_stores: makes, shows, changes, searches and deletes stores. StoreFileEndpoints has what belongs to their files.
using System.Text.Json.Nodes;
using Majlis.Server.Access;
using Majlis.Server.Files;
using Majlis.Server.Reference;
using Majlis.Server.Replies;
using Majlis.Server.Storage;
using Majlis.Server.Wire;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Majlis.Server.VectorStores;

static class VectorStoreEndpoints
{
    const string Root = "/v1/vector_stores", Store = Root + "/{id}";

    public static void MapVectorStores(this IEndpointRouteBuilder routes)
    {
        routes.MapPost(Root, AddAsync).RequireRole(Roles.Inference)
            .Says("Makes a store of passages.");
        routes.MapGet(Root, List).RequireRole(Roles.Inference)
            .Says("The caller's stores.");
        routes.MapGet(Store, One).RequireRole(Roles.Inference)
            .Says("One store.");
        routes.MapPost(Store, ChangeAsync).RequireRole(Roles.Inference)
            .Says("Changes a store's name, metadata or expiry.");
        routes.MapDelete(Store, Delete).RequireRole(Roles.Inference)
            .Says("Deletes a store; its files stay.");
        routes.MapPost(Store + "/search", SearchAsync).RequireRole(Roles.Inference)
            .Says("The passages of a store that fit a query.");
        routes.MapStoreFiles(Store);
    }

    static async Task<IResult> AddAsync(HttpContext http, RequestReader reader, StoreRecords stores, StoreFiles files)
    {
        var (problem, owner) = (new Problem(), ReplyOwner.Of(http));
        var wish = await reader.ReadAsync(http.Request, problem, body => StoreRequests.Store(body, problem, isNew: true));
        if (wish is null || files.Begin(wish.Files, owner, problem) is not { } begun) return problem.First!.ToResult();
        var store = stores.Add(id => new(id, owner, wish.Name, wish.Description, stores.Now, stores.Now, wish.Days, wish.Metadata)
        {
            Files = [.. begun],
        });
        files.Wake();
        return Reply(store);
    }

    static IResult List(HttpContext http, StoreRecords stores)
    {
        var problem = new Problem();
        if (Paging.Read(http.Request.Query, problem, Paging.Backwards) is not { } paging
            || RecordPages.Of(stores.Of(ReplyOwner.Of(http)), paging, problem) is not { } page) return problem.First!.ToResult();
        return TypedResults.Json(ListPage<VectorStoreReply>.Of([.. page.Records.Select(VectorStoreReply.Of)], store => store.Id,
            page.HasMore),
            WireJson.Wire.ListPageVectorStoreReply);
    }

    static IResult One(string id, HttpContext http, StoreRecords stores) =>
        stores.Find(ReplyOwner.Of(http), id) is { } store ? Reply(store) : Unknown(id).ToResult();

    static async Task<IResult> ChangeAsync(string id, HttpContext http, RequestReader reader, StoreRecords stores)
    {
        var problem = new Problem();
        if (stores.Find(ReplyOwner.Of(http), id) is null) return Unknown(id).ToResult();
        var wish = await reader.ReadAsync(http.Request, problem, body => StoreRequests.Store(body, problem, isNew: false));
        if (wish is null) return problem.First!.ToResult();
        var store = stores.Change(id, now => now with
        {
            Name = wish.Name ?? now.Name,
            Metadata = wish.Metadata ?? now.Metadata,
            ExpiresAfterDays = wish.Stays ? null : wish.Days ?? now.ExpiresAfterDays,
        });
        return store is null ? Unknown(id).ToResult() : Reply(store);
    }

    static IResult Delete(string id, HttpContext http, StoreRecords stores)
    {
        if (stores.Find(ReplyOwner.Of(http), id) is not { } store) return Unknown(id).ToResult();
        stores.Delete(store);
        return TypedResults.Json(new DeletedReply(id, "vector_store.deleted", true), WireJson.Wire.DeletedReply);
    }

    static async Task<IResult> SearchAsync(string id, HttpContext http, RequestReader reader, StoreRecords stores, StoreSearch search)
    {
        var problem = new Problem();
        if (stores.Find(ReplyOwner.Of(http), id) is not { } store) return Unknown(id).ToResult();
        var wish = await reader.ReadAsync(http.Request, problem, body => StoreRequests.Search(body, problem));
        if (wish is null) return problem.First!.ToResult();
        var hits = await search.RunAsync(store, wish, http.RequestAborted);
        return TypedResults.Json(new SearchPage("vector_store.search_results.page", wish.Queries, [.. hits.Select(hit =>
            new FoundReply(hit.File.FileId, hit.File.Filename, hit.Score, hit.File.Attributes?.DeepClone().AsObject() ?? new JsonObject(),
                [new TextPart("text", hit.Text)]))], false, null), WireJson.Wire.SearchPage);
    }

    static JsonHttpResult<VectorStoreReply> Reply(StoredVectorStore store) =>
        TypedResults.Json(VectorStoreReply.Of(store), WireJson.Wire.VectorStoreReply);

    public static ApiError Unknown(string id) =>
        new(404, "invalid_request_error", $"Vector store with id '{id}' not found.", "vector_store_id");
}
