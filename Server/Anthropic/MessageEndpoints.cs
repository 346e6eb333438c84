// Anthropic's POST /v1/messages, whole and streamed, and /v1/messages/count_tokens: translated to a chat, answered in that API's shapes.
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Majlis.Inference;
using Majlis.Server.Access;
using Majlis.Server.Chat;
using Majlis.Server.Limits;
using Majlis.Server.Models;
using Majlis.Server.Reference;
using Majlis.Server.Runs;
using Majlis.Server.Wire;

namespace Majlis.Server.Anthropic;

static class MessageEndpoints
{
    const string Path = "/v1/messages";

    static readonly EventForm form = new(error => Item(AnthropicErrors.Body(error, null)), Done: null);

    public static void MapMessages(this IEndpointRouteBuilder routes)
    {
        routes.MapPost(Path, CreateAsync).RequireRole(Roles.Inference)
            .Says("Anthropic's messages, whole and streamed.");
        routes.MapPost($"{Path}/count_tokens", CountAsync).RequireRole(Roles.Inference)
            .Says("Counts the tokens that a message would be answered from.");
    }

    static async Task<IResult> CreateAsync(HttpContext http, RequestReader reader, ChatStarter starter, PassageSource passages,
        IdSource ids, Generations generations)
    {
        var problem = new Problem();
        ChatRequest? request = null;
        var run = await reader.ReadForModelAsync(http.Request, problem, body =>
            (request = MessageRequestReader.Read(body, problem, counts: false)) is null ? null
            : starter.Start(request = passages.Add(request) with { Client = ClientLimits.Client(http) }, "msg_", problem));
        if (request is null) return problem.First!.ToResult();
        if (run is null) return problem.First!.Renamed(MessageRequestReader.Name).ToResult();

        Generations.Hold(http, run);
        var message = new MessageEvents(run, ids);
        var events = EventsAsync(message, generations.Pieces(http, run), http.RequestAborted);
        if (request.Output.Stream) return await generations.StreamAsync(http, Named(events), form);
        await foreach (var _ in events) { }
        return TypedResults.Json(message.Message(), WireJson.Wire.JsonObject);
    }

    static async Task<IResult> CountAsync(HttpContext http, RequestReader reader, PassageSource passages, ModelLeases leases,
        PromptBuilder prompts)
    {
        var problem = new Problem();
        var tokens = await reader.ReadForModelAsync(http.Request, problem, body =>
            MessageRequestReader.Read(body, problem, counts: true) is not { } request ? null
            : leases.Lease(request.Model, problem, lease =>
            {
                using (lease) return prompts.Build(passages.Add(request), lease.Model, problem, whole: true)?.Tokens;
            }));
        return tokens is null ? problem.First!.Renamed(MessageRequestReader.Name).ToResult()
            : TypedResults.Json(new JsonObject { ["input_tokens"] = tokens.Length }, WireJson.Wire.JsonObject);
    }

    static async IAsyncEnumerable<JsonObject> EventsAsync(MessageEvents message,
        IAsyncEnumerable<(int Choice, GeneratedPiece Piece)> pieces, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var isFirst = true;
        await foreach (var (_, piece) in pieces.WithCancellation(cancellation))
        {
            foreach (var item in message.Of(piece, isFirst)) yield return item;
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
