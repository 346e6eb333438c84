// Cohere's POST /v2/chat, whole and streamed: translated to a chat, answered in that API's shapes.
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Majlis.Inference;
using Majlis.Server.Access;
using Majlis.Server.Chat;
using Majlis.Server.Limits;
using Majlis.Server.Reference;
using Majlis.Server.Runs;
using Majlis.Server.Wire;

namespace Majlis.Server.Cohere;

static class CohereEndpoints
{
    static readonly EventForm form = new(error => Item(CohereEvents.Failure(error)), EventForm.OpenAI.Done);

    public static void MapCohere(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/v2/chat", ChatAsync).RequireRole(Roles.Inference)
            .Says("Cohere's chat, whole and streamed.");

    static async Task<IResult> ChatAsync(HttpContext http, RequestReader reader, ChatStarter starter, PassageSource passages,
        IdSource ids, Generations generations)
    {
        var problem = new Problem();
        ChatRequest? request = null;
        var run = await reader.ReadForModelAsync(http.Request, problem, body =>
            (request = CohereRequestReader.Read(body, problem)) is null ? null
            : starter.Start(request = passages.Add(request) with { Client = ClientLimits.Client(http) }, "chat_", problem));
        if (request is null) return problem.First!.ToResult();
        if (run is null) return problem.First!.Renamed(CohereRequestReader.Name).ToResult();

        Generations.Hold(http, run);
        var reply = new CohereEvents(run, request.Tools is not null, request.Output.LogProbabilities, ids);
        var events = EventsAsync(reply, generations.Pieces(http, run), http.RequestAborted);
        if (request.Output.Stream) return await generations.StreamAsync(http, Named(events), form);
        await foreach (var _ in events) { }
        return TypedResults.Json(reply.Reply(), WireJson.Wire.JsonObject);
    }

    static async IAsyncEnumerable<JsonObject> EventsAsync(CohereEvents reply,
        IAsyncEnumerable<(int Choice, GeneratedPiece Piece)> pieces, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var isFirst = true;
        await foreach (var (_, piece) in pieces.WithCancellation(cancellation))
        {
            foreach (var item in reply.Of(piece, isFirst)) yield return item;
            isFirst = false;
        }
    }

    static async IAsyncEnumerable<SseItem<string>> Named(IAsyncEnumerable<JsonObject> events,
        [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        await foreach (var item in events.WithCancellation(cancellation)) yield return Item(item);
    }

    static SseItem<string> Item(JsonObject item) => new(item.ToJsonString(WireJson.Wire.Options), (string)item["type"]!);
}
