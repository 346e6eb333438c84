// POST /v1/chat/completions, whole and streamed. Reads, starts, replies; each step is somebody else's.
using Majlis.Inference;
using Majlis.Server.Operations;
using Majlis.Server.Wire;

namespace Majlis.Server.Chat;

static class ChatEndpoints
{
    public static void MapChat(this IEndpointRouteBuilder routes) => routes.MapPost("/v1/chat/completions", CompleteAsync);

    static async Task<IResult> CompleteAsync(HttpContext http, ChatStarter starter, Engine engine, PassageSource passages,
        IdSource ids, Failures failures, ServerMetrics metrics)
    {
        var problem = new Problem();
        using var body = await RequestBody.ReadAsync(http.Request, problem);
        var request = body is null ? null : ChatRequestReader.Read(body.RootElement, problem);
        request = request is null ? null : passages.Add(request);
        var run = request is null ? null : starter.Start(request, "chatcmpl-", problem);
        if (request is null || run is null) return problem.First!.ToResult();

        http.Response.RegisterForDispose(run);
        var pieces = metrics.Count(run, run.PiecesAsync(engine, http.RequestAborted));
        if (!request.Output.Stream)
            return TypedResults.Json(await ChatWhole.ReplyAsync(run, request.Output, pieces), WireJson.Wire.ChatReply);
        var events = new ChatStream(run, request.Output, ids).EventsAsync(pieces, http.RequestAborted);
        return await EventStream.BeginAsync(events, failures.Explain, http.RequestAborted);
    }
}
