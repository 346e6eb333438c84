// Responses that are kept: read, their input listed, deleted, and cancelled while they run in the background. Knows no model.
using System.Text.Json.Nodes;
using Majlis.Feedback.Store.Replies;
using Majlis.Server.Access;
using Majlis.Server.Reference;
using Majlis.Server.Replies;
using Majlis.Server.Runs;
using Majlis.Server.Wire;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Majlis.Server.Responses;

static class KeptResponses
{
    const string Path = "/v1/responses/{id}";

    public static void MapKeptResponses(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, ReadAsync).RequireRole(Roles.Inference)
            .Says("A kept response.");
        routes.MapDelete(Path, DeleteAsync).RequireRole(Roles.Inference)
            .Says("Deletes a kept response.");
        routes.MapPost($"{Path}/cancel", CancelAsync).RequireRole(Roles.Inference)
            .Says("Cancels a response in the background.");
        routes.MapGet($"{Path}/input_items", InputAsync).RequireRole(Roles.Inference)
            .Says("The items that a kept response answers.");
    }

    static async Task<IResult> ReadAsync(string id, HttpContext http, OwnResponses responses, BackgroundResponses background,
        Generations generations)
    {
        var query = http.Request.Query;
        if (await responses.FindAsync(ReplyOwner.Of(http), id) is not { } kept) return ApiError.UnknownResponse(id).ToResult();
        var isStreamed = false;
        if (query.TryGetValue("stream", out var stream) && !bool.TryParse(stream, out isStreamed))
            return ApiError.InvalidValue("stream", "'stream' is true or false.").ToResult();
        if (!isStreamed)
            return query.ContainsKey("starting_after")
                ? ApiError.InvalidValue("starting_after", "'starting_after' needs 'stream'.").ToResult()
                : Whole(kept);
        var after = -1;
        if (query.TryGetValue("starting_after", out var given) && (!int.TryParse(given, out after) || after < 0))
            return ApiError.InvalidValue("starting_after", "'starting_after' is the number of an event, from 0 on.").ToResult();
        return background.Log(id) is { } log ? await generations.StreamAsync(http, log.ReadAsync(after + 1L), EventForm.OpenAI)
            : ApiError.InvalidValue("stream", "The events of this response are not at hand: they are while and shortly after a response is "
                + "generated that was asked for with 'background' and 'stream'. Without 'stream' it is given whole.").ToResult();
    }

    static async Task<IResult> DeleteAsync(string id, HttpContext http, ReplyStore store, BackgroundResponses background)
    {
        if (!await store.DeleteAsync(ReplyKind.Response, ReplyOwner.Of(http), id)) return ApiError.UnknownResponse(id).ToResult();
        await background.CancelAsync(id);
        return TypedResults.Json(new JsonObject { ["id"] = id, ["object"] = "response", ["deleted"] = true }, WireJson.Wire.JsonObject);
    }

    static async Task<IResult> CancelAsync(string id, HttpContext http, OwnResponses responses, BackgroundResponses background)
    {
        var owner = ReplyOwner.Of(http);
        if (await responses.FindAsync(owner, id) is not { } kept) return ApiError.UnknownResponse(id).ToResult();
        if (JsonNode.Parse(kept.Reply.Span)!["background"]?.GetValue<bool>() is not true)
            return ApiError.InvalidValue("id", "Cannot cancel a synchronous response.").ToResult();
        await background.CancelAsync(id);
        return await responses.CancelAsync(owner, id) is { } now ? Whole(now) : ApiError.UnknownResponse(id).ToResult();
    }

    static async Task<IResult> InputAsync(string id, HttpContext http, OwnResponses responses)
    {
        var problem = new Problem();
        if (Paging.Read(http.Request.Query, problem, "include", "include[]") is not { } paging) return problem.First!.ToResult();
        if (await responses.FindAsync(ReplyOwner.Of(http), id) is not { } kept) return ApiError.UnknownResponse(id).ToResult();
        var items = JsonNode.Parse(kept.Input.Span)!.AsArray().Select(item => item!.AsObject());
        if (paging.NewestFirst) items = items.Reverse();
        return ListPage<JsonObject>.After([.. items], paging, item => (string)item["id"]!) is not { } page
            ? paging.UnknownAfter().ToResult() : TypedResults.Json(page, WireJson.Wire.ListPageJsonObject);
    }

    static FileContentHttpResult Whole(KeptReply kept) => TypedResults.Bytes(kept.Reply, "application/json; charset=utf-8");
}
