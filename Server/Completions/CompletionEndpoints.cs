// POST /v1/completions, whole and streamed: reads the request, starts a run, replies. Other classes do each step.
using Majlis.Inference;
using Majlis.Server.Access;
using Majlis.Server.Limits;
using Majlis.Server.Operations;
using Majlis.Server.Wire;

namespace Majlis.Server.Completions;

static class CompletionEndpoints
{
    public static void MapCompletions(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/completions", CompleteAsync).RequireRole(Roles.Inference);

    static async Task<IResult> CompleteAsync(HttpContext http, RequestReader reader, CompletionStarter starter, Engine engine,
        TimeProvider time, Failures failures, GenerationMetrics metrics)
    {
        var problem = new Problem();
        CompletionRequest? request = null;
        var run = await reader.ReadAsync(http.Request, problem, body =>
            (request = CompletionRequestReader.Read(body, problem)) is null ? null
                : starter.Start(request = request with { Client = ClientLimits.Client(http) }, problem));
        if (request is null || run is null) return problem.First!.ToResult();

        var record = RequestRecord.Of(http);
        record.Run = run;
        http.Response.RegisterForDispose(run);
        var pieces = metrics.Count(record, run.PiecesAsync(engine, http.RequestAborted));
        if (!request.Output.Stream)
            return TypedResults.Json(await CompletionWhole.ReplyAsync(run, request, pieces), WireJson.Wire.CompletionReplyWithUsage);
        var events = new CompletionStream(run, request).EventsAsync(pieces, http.RequestAborted);
        return await EventStream.BeginAsync(events, failures.Explain, new(http, time, engine.Options.ReaderPatience));
    }
}
