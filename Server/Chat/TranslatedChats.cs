// The road of chats in another API's shapes: read there, run as a chat, and told as that API's events or their sum. Knows no shape.
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Majlis.Inference;
using Majlis.Server.Limits;
using Majlis.Server.Runs;
using Majlis.Server.Wire;

namespace Majlis.Server.Chat;

/// <summary>A reply as it grows.</summary>
interface ITranslatedReply
{
    /// <summary>The events of one piece, each with its name as <c>type</c>.</summary>
    IEnumerable<JsonObject> Of(GeneratedPiece piece, bool isFirst);

    /// <summary>The whole reply, once it has ended.</summary>
    JsonObject Reply();
}

/// <param name="IdPrefix">Of replies.</param>
/// <param name="Name">That API's name of a chat's field, for messages.</param>
sealed record TranslatedApi(string IdPrefix, Func<string, string> Name, EventForm Events);

sealed class TranslatedChats(RequestReader reader, ChatStarter starter, PassageSource passages, Generations generations)
{
    /// <param name="read">Reads that API's body as a chat, or leaves the reason in the problem.</param>
    /// <param name="tell">Begins the reply to a run.</param>
    public async Task<IResult> AnswerAsync(HttpContext http, TranslatedApi api, Func<JsonElement, Problem, ChatRequest?> read,
        Func<ChatRequest, ChatRun, ITranslatedReply> tell)
    {
        var problem = new Problem();
        ChatRequest? request = null;
        var run = await reader.ReadForModelAsync(http.Request, problem, body => (request = read(body, problem)) is null ? null
            : starter.Start(request = passages.Add(request) with { Client = ClientLimits.Client(http) }, api.IdPrefix, problem));
        if (request is null) return problem.First!.ToResult();
        if (run is null) return problem.First!.Renamed(api.Name).ToResult();
        Generations.Hold(http, run);
        var reply = tell(request, run);
        var events = EventsAsync(reply, generations.Pieces(http, run), http.RequestAborted);
        if (request.Output.Stream) return await generations.StreamAsync(http, Named(events), api.Events);
        await foreach (var _ in events) { }
        return TypedResults.Json(reply.Reply(), WireJson.Wire.JsonObject);
    }

    /// <summary>An event as it is sent.</summary>
    public static SseItem<string> Item(JsonObject item) => new(item.ToJsonString(WireJson.Wire.Options), (string)item["type"]!);

    static async IAsyncEnumerable<JsonObject> EventsAsync(ITranslatedReply reply,
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
}
