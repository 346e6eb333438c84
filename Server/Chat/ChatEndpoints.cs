// POST /v1/chat/completions, whole and streamed: reads the request, starts a run, replies. Other classes do each step.
using Majlis.Server.Access;
using Majlis.Server.Limits;
using Majlis.Server.Runs;
using Majlis.Server.Wire;

namespace Majlis.Server.Chat;

static class ChatEndpoints
{
    public static void MapChat(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/chat/completions", CompleteAsync).RequireRole(Roles.Inference);

    static async Task<IResult> CompleteAsync(HttpContext http, RequestReader reader, ChatStarter starter, PassageSource passages,
        IdSource ids, Generations generations)
    {
        var problem = new Problem();
        ChatRequest? request = null;
        var run = await reader.ReadAsync(http.Request, problem, body => (request = ChatRequestReader.Read(body, problem)) is null ? null
            : starter.Start(request = passages.Add(request) with { Client = ClientLimits.Client(http) }, "chatcmpl-", problem));
        if (request is null || run is null) return problem.First!.ToResult();

        Generations.Hold(http, run);
        var pieces = generations.Pieces(http, run);
        if (!request.Output.Stream)
            return TypedResults.Json(await ChatWhole.ReplyAsync(run, request.Output, ids, pieces), WireJson.Wire.ChatReply);
        return await generations.StreamAsync(http, new ChatStream(run, request.Output, ids).EventsAsync(pieces, http.RequestAborted));
    }
}
