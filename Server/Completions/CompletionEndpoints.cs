// POST /v1/completions, whole and streamed: reads the request, starts a run, replies. Other classes do each step.
using Majlis.Server.Access;
using Majlis.Server.Limits;
using Majlis.Server.Runs;
using Majlis.Server.Wire;

namespace Majlis.Server.Completions;

static class CompletionEndpoints
{
    public static void MapCompletions(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/completions", CompleteAsync).RequireRole(Roles.Inference);

    static async Task<IResult> CompleteAsync(HttpContext http, RequestReader reader, CompletionStarter starter, Generations generations)
    {
        var problem = new Problem();
        CompletionRequest? request = null;
        var run = await reader.ReadAsync(http.Request, problem, body =>
            (request = CompletionRequestReader.Read(body, problem)) is null ? null
                : starter.Start(request = request with { Client = ClientLimits.Client(http) }, problem));
        if (request is null || run is null) return problem.First!.ToResult();

        Generations.Hold(http, run);
        var pieces = generations.Pieces(http, run);
        if (!request.Output.Stream)
            return TypedResults.Json(await CompletionWhole.ReplyAsync(run, request, pieces), WireJson.Wire.CompletionReplyWithUsage);
        return await generations.StreamAsync(http, new CompletionStream(run, request).EventsAsync(pieces, http.RequestAborted));
    }
}
