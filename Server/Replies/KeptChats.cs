// Chat completions that are kept: listed by metadata and model, read, their metadata changed, deleted, their messages listed. Knows no
// store's inside.
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Majlis.Feedback.Store.Replies;
using Majlis.Inference;
using Majlis.Server.Access;
using Majlis.Server.Models;
using Majlis.Server.Reference;
using Majlis.Server.Wire;

namespace Majlis.Server.Replies;

static class KeptChats
{
    const string List = "/v1/chat/completions";
    const string Path = List + "/{id}";

    public static void MapKeptChats(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(List, ListAsync).RequireRole(Roles.Inference)
            .Says("Lists kept chats by metadata and model.");
        routes.MapGet(Path, ReadAsync).RequireRole(Roles.Inference)
            .Says("A kept chat.");
        routes.MapPost(Path, ChangeAsync).RequireRole(Roles.Inference)
            .Says("Replaces the metadata of a kept chat.");
        routes.MapDelete(Path, DeleteAsync).RequireRole(Roles.Inference)
            .Says("Deletes a kept chat.");
        routes.MapGet($"{Path}/messages", MessagesAsync).RequireRole(Roles.Inference)
            .Says("The messages of a kept chat.");
    }

    static async Task<IResult> ListAsync(HttpContext http, ReplyStore store, LiveModel live)
    {
        var (problem, query) = (new Problem(), http.Request.Query);
        // Replies name the version that answered.
        var model = query.TryGetValue("model", out var asked) && asked == ModelNames.Current ? live.Current?.Version ?? ModelNames.Current
            : (string?)asked;
        string[] pairs = [.. query.Keys.Where(name => name.StartsWith("metadata[", StringComparison.Ordinal) && name.EndsWith(']'))];
        if (Paging.Read(query, problem, ["model", .. pairs]) is not { } paging) return problem.First!.ToResult();
        var found = await store.ListAsync(ReplyKind.Chat, ReplyOwner.Of(http), paging.Limit, paging.After, paging.NewestFirst, IsWanted);
        if (found is not { } page) return paging.UnknownAfter().ToResult();
        return TypedResults.Json(ListPage<JsonObject>.Of([.. page.Replies.Select(Shape)], reply => (string)reply["id"]!, page.HasMore),
            WireJson.Wire.ListPageJsonObject);

        bool IsWanted(KeptReply kept)
        {
            var reply = Shape(kept);
            return (model is null || (string?)reply["model"] == model)
                && pairs.All(pair => (string?)reply["metadata"]![pair["metadata[".Length..^1]] == query[pair]);
        }
    }

    static async Task<IResult> ReadAsync(string id, HttpContext http, ReplyStore store) =>
        await FindAsync(store, http, id) is not { } kept ? ApiError.UnknownCompletion(id).ToResult()
            : TypedResults.Bytes(kept.Reply, "application/json; charset=utf-8");

    static async Task<IResult> ChangeAsync(string id, HttpContext http, RequestReader reader, ReplyStore store)
    {
        var problem = new Problem();
        if (await reader.ReadAsync(http.Request, problem, body => Pairs(body, problem)) is not { } metadata)
            return problem.First!.ToResult();
        // Whoever changed it meanwhile is overwritten, as by a later request.
        while (await FindAsync(store, http, id) is { } kept)
        {
            var reply = Shape(kept);
            reply["metadata"] = metadata.DeepClone();
            if (await store.ChangeAsync(kept, Encoding.UTF8.GetBytes(reply.ToJsonString(WireJson.Wire.Options))))
                return TypedResults.Json(reply, WireJson.Wire.JsonObject);
        }
        return ApiError.UnknownCompletion(id).ToResult();
    }

    static JsonObject? Pairs(System.Text.Json.JsonElement body, Problem problem)
    {
        var fields = new Fields(body, "", problem);
        problem.AddIf(problem.First is null && !fields.IsThere("metadata"), ApiError.MissingField("metadata"));
        var metadata = Metadata.Read(fields) ?? []; // null clears it
        fields.Done();
        return problem.First is null ? metadata : null;
    }

    static async Task<IResult> DeleteAsync(string id, HttpContext http, ReplyStore store)
    {
        if (!await store.DeleteAsync(ReplyKind.Chat, ReplyOwner.Of(http), id)) return ApiError.UnknownCompletion(id).ToResult();
        var deleted = new JsonObject { ["object"] = "chat.completion.deleted", ["id"] = id, ["deleted"] = true };
        return TypedResults.Json(deleted, WireJson.Wire.JsonObject);
    }

    static async Task<IResult> MessagesAsync(string id, HttpContext http, ReplyStore store)
    {
        var problem = new Problem();
        if (Paging.Read(http.Request.Query, problem) is not { } paging) return problem.First!.ToResult();
        if (await FindAsync(store, http, id) is not { } kept) return ApiError.UnknownCompletion(id).ToResult();
        var messages = JsonNode.Parse(kept.Input.Span)!.AsArray().Select((message, index) => Message(id, index, message!.AsObject()));
        // Alone among the lists this one begins with the oldest.
        if (http.Request.Query["order"] == "desc") messages = messages.Reverse();
        return ListPage<JsonObject>.After([.. messages], paging, message => (string)message["id"]!) is not { } page
            ? paging.UnknownAfter().ToResult() : TypedResults.Json(page, WireJson.Wire.ListPageJsonObject);
    }

    // Parts of a message stand beside its text.
    static JsonObject Message(string completion, int index, JsonObject sent)
    {
        var message = new JsonObject { ["id"] = string.Create(CultureInfo.InvariantCulture, $"{completion}-{index}") };
        foreach (var (name, value) in sent) message[name] = value?.DeepClone();
        (message["content_parts"], message["name"]) = (null, message["name"]?.DeepClone());
        if (message["content"] is JsonArray parts)
        {
            message["content_parts"] = parts.DeepClone();
            message["content"] = string.Concat(parts.Select(part => (string?)part!["text"]));
        }
        message["content"] ??= null;
        return message;
    }

    static JsonObject Shape(KeptReply kept) => JsonNode.Parse(kept.Reply.Span)!.AsObject();

    static Task<KeptReply?> FindAsync(ReplyStore store, HttpContext http, string id) =>
        store.FindAsync(ReplyKind.Chat, ReplyOwner.Of(http), id);
}
