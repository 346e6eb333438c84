// POST /v1/rerank, /v2/rerank (Cohere's) and /rerank: reads the request, has its scores computed, replies. Other classes do each step.
using System.Text.Json;
using Majlis.Server.Access;
using Majlis.Server.Limits;
using Majlis.Server.Operations;
using Majlis.Server.Reference;
using Majlis.Server.Wire;

namespace Majlis.Server.Rerank;

static class RerankEndpoints
{
    public static void MapRerank(this IEndpointRouteBuilder routes)
    {
        foreach (var path in (string[])["/v1/rerank", "/rerank"]) routes.MapPost(path, RerankAsync).RequireRole(Roles.Inference)
            .Says("Documents in the order of their relevance to a query.");
        routes.MapPost("/v2/rerank", CohereAsync).RequireRole(Roles.Inference)
            .Says("Documents in the order of their relevance, in Cohere's shape.");
    }

    static Task<IResult> RerankAsync(HttpContext http, RequestReader reader, Reranker reranker, IdSource ids) =>
        ReplyAsync(http, reader, reranker, RerankRequestReader.Read, (run, results) => TypedResults.Json(
            new RerankReply(ids.Next("rerank-"), run.Model, new(run.PromptTokens, run.PromptTokens), results), WireJson.Wire.RerankReply));

    static Task<IResult> CohereAsync(HttpContext http, RequestReader reader, Reranker reranker, IdSource ids) =>
        ReplyAsync(http, reader, reranker, RerankRequestReader.ReadCohere, (run, results) => TypedResults.Json(
            new CohereRerankReply(ids.Next("rerank-"), run.Model, results, CohereMeta.OfSearch(1)), WireJson.Wire.CohereRerankReply));

    static async Task<IResult> ReplyAsync(HttpContext http, RequestReader reader, Reranker reranker,
        Func<JsonElement, Problem, RerankRequest?> read, Func<RerankRun, IReadOnlyList<RerankResult>, IResult> reply)
    {
        var problem = new Problem();
        RerankRequest? request = null;
        using var run = await reader.ReadForModelAsync(http.Request, problem, body => (request = read(body, problem)) is null ? null
            : reranker.Prepare(request with { Client = ClientLimits.Client(http) }, problem));
        if (request is null || run is null) return problem.First!.ToResult();
        RequestRecord.Of(http).Encoded = (run.Model, run.PromptTokens);
        return reply(run, await run.ResultsAsync(request, http.RequestAborted));
    }
}
