// POST /v1/completions, whole and streamed: reads the request, starts a run, replies. Other classes do each step.
using Majlis.Server.Access;
using Majlis.Server.Limits;
using Majlis.Server.Reference;
using Majlis.Server.Runs;
using Majlis.Server.Wire;

namespace Majlis.Server.Completions;

static class CompletionEndpoints
{
    public static void MapCompletions(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/completions", CompleteAsync).RequireRole(Roles.Inference)
            .Says<CompletionReply>("Continues texts without a chat template.");

    static Task<IResult> CompleteAsync(HttpContext http, CompletionStarter starter, Generations generations) =>
        generations.AnswerAsync(http,
            (body, problem) => CompletionRequestReader.Read(body, problem) is { } request
                ? request with { Client = ClientLimits.Client(http) } : null,
            starter.Start,
            (request, run) => ReplyAsync(http, request, run, generations));

    static async Task<IResult> ReplyAsync(HttpContext http, CompletionRequest request, CompletionRun run, Generations generations)
    {
        var pieces = generations.Pieces(http, run);
        if (request.Output.Stream)
            return await generations.StreamAsync(http, new CompletionStream(run, request).EventsAsync(pieces, http.RequestAborted));
        return TypedResults.Json(await CompletionWhole.ReplyAsync(run, request, pieces), WireJson.Wire.CompletionReplyWithUsage);
    }
}
