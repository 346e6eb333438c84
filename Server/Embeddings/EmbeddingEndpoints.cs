// POST /v1/embeddings and Cohere's /v2/embed: reads the request, has its vectors computed, replies. Other classes do each step.
using System.Text.Json.Nodes;
using Majlis.Server.Access;
using Majlis.Server.Limits;
using Majlis.Server.Operations;
using Majlis.Server.Reference;
using Majlis.Server.Rerank;
using Majlis.Server.Wire;

namespace Majlis.Server.Embeddings;

static class EmbeddingEndpoints
{
    public static void MapEmbeddings(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/embeddings", EmbedAsync).RequireRole(Roles.Inference)
            .Says("Vectors of texts.");
        routes.MapPost("/v2/embed", CohereAsync).RequireRole(Roles.Inference)
            .Says("Vectors of texts, in Cohere's shape.");
    }

    static async Task<IResult> EmbedAsync(HttpContext http, RequestReader reader, Embedder embedder)
    {
        var problem = new Problem();
        EmbeddingRequest? request = null;
        using var run = await reader.ReadForModelAsync(http.Request, problem, body =>
            (request = EmbeddingRequestReader.Read(body, problem)) is null ? null
                : embedder.Prepare(request with { Client = ClientLimits.Client(http) }, problem));
        if (request is null || run is null) return problem.First!.ToResult();
        RequestRecord.Of(http).Encoded = (run.Model, run.PromptTokens);
        var vectors = await run.VectorsAsync(http.RequestAborted);
        return TypedResults.Json(new EmbeddingReply("list",
            [.. vectors.Select((vector, i) => new EmbeddingItem("embedding", new(vector, request.IsBase64), i))],
            run.Model, new(run.PromptTokens, run.PromptTokens)), WireJson.Wire.EmbeddingReply);
    }

    static async Task<IResult> CohereAsync(HttpContext http, RequestReader reader, Embedder embedder, IdSource ids)
    {
        var problem = new Problem();
        CohereEmbedRequest? request = null;
        using var run = await reader.ReadForModelAsync(http.Request, problem, body =>
            (request = CohereEmbedReader.Read(body, problem)) is null ? null
                : embedder.Prepare(request.Request with { Client = ClientLimits.Client(http) }, problem));
        if (request is null || run is null) return problem.First!.ToResult();
        RequestRecord.Of(http).Encoded = (run.Model, run.PromptTokens);
        var vectors = await run.VectorsAsync(http.RequestAborted);
        var forms = new JsonObject(request.Types.Select(form => KeyValuePair.Create(form,
            (JsonNode?)new JsonArray([.. vectors.Select(vector => VectorForms.Of(form, vector))]))));
        return TypedResults.Json(new CohereEmbedReply(ids.Next("embd-"), forms, request.Texts, CohereMeta.OfTokens(run.PromptTokens)),
            WireJson.Wire.CohereEmbedReply);
    }
}
