// POST /v1/chat/completions, whole and streamed: reads the request, starts a run, replies. Other classes do each step.
using Majlis.Server.Access;
using Majlis.Server.Limits;
using Majlis.Server.Reference;
using Majlis.Server.Replies;
using Majlis.Server.Runs;
using Majlis.Server.Wire;

namespace Majlis.Server.Chat;

static class ChatEndpoints
{
    public static void MapChat(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/chat/completions", CompleteAsync).RequireRole(Roles.Inference)
            .Says<ChatReply>("OpenAI's chat, whole and streamed.");

    static Task<IResult> CompleteAsync(HttpContext http, ChatStarter starter, PassageSource passages, IdSource ids,
        Generations generations, ChatKeeper keeper, AnswerRewards rewards) => generations.AnswerAsync(http,
            (body, problem) => ChatRequestReader.Read(body, problem) is { } request && keeper.Takes(request, problem)
                && rewards.Takes(request, problem)
                ? passages.Add(request) with { Client = ClientLimits.Client(http) } : null,
            (request, problem) => starter.Start(request, "chatcmpl-", problem),
            (request, run) => ReplyAsync(http, request, run, ids, generations, keeper, rewards));

    static async Task<IResult> ReplyAsync(HttpContext http, ChatRequest request, ChatRun run, IdSource ids, Generations generations,
        ChatKeeper keeper, AnswerRewards rewards)
    {
        var keeps = keeper.For(http, request, run);
        var pieces = generations.Pieces(http, run);
        if (request.Output.Stream)
            return await generations.StreamAsync(http,
                new ChatStream(run, request.Output, ids, keeps).EventsAsync(pieces, http.RequestAborted));
        var reply = await ChatWhole.ReplyAsync(keeps?.Collector ?? new(run, request.Output), ids, pieces,
            texts => rewards.OfAsync(request, texts, http.RequestAborted));
        if (keeps is not null) await keeps.KeepAsync();
        return TypedResults.Json(reply, WireJson.Wire.ChatReply);
    }
}
