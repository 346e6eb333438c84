// Writes one response: its events from the first to the last, and the response itself, which is kept before it is announced as ended. A
// store that is away is no reason to answer nothing, unless the client asked for keeping: the reply then says that it is not kept. Knows no
// HTTP.
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json.Nodes;
using Majlis.Feedback.Store;
using Majlis.Feedback.Store.Replies;
using Majlis.Inference;
using Majlis.Server.Chat;
using Majlis.Server.Operations;
using Majlis.Server.Wire;

namespace Majlis.Server.Responses;

/// <param name="context">What the response answers.</param>
sealed class ResponseWriter(ChatRun run, ResponseRequest request, JsonArray context, string owner, ResponseServices services)
{
    readonly ResponseEvents events = new(run, request, services.Ids);
    readonly string input = ItemIds.Named(context, run.Id).ToJsonString(WireJson.Wire.Options);
    bool isKept = services.Store.Keeps && (request.Store ?? true);
    bool wasKept;

    public string Id => run.Id;

    /// <summary>The response as it was last told.</summary>
    public JsonObject Response { get; private set; } = [];

    /// <summary>Every event; the last is that of the whole response.</summary>
    public async IAsyncEnumerable<JsonObject> EventsAsync(IAsyncEnumerable<(int Choice, GeneratedPiece Piece)> pieces,
        [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var begun = false;
        await foreach (var (_, piece) in pieces.WithCancellation(cancellation))
        {
            // Failures before the first piece keep their HTTP status.
            if (!begun && !request.Background) yield return events.Of("response.created", Stand("in_progress"));
            if (!begun) yield return events.Of("response.in_progress", Stand("in_progress"));
            if (!begun && request.Background) await KeepAsync();
            begun = true;
            foreach (var item in events.Of(piece)) yield return item;
        }
        var status = events.FinalStatus;
        Stand(status);
        await KeepAsync();
        yield return events.Of($"response.{status}", (JsonObject)Response.DeepClone());
    }

    /// <summary>The first events of a response in the background, which is queued from then on.</summary>
    public IEnumerable<JsonObject> Queue() =>
        ((string[])["response.created", "response.queued"]).Select(type => events.Of(type, Stand("queued")));

    /// <summary>The last event of a response in the background that failed.</summary>
    public JsonObject Failed() => events.Of("response.failed", (JsonObject)Response.DeepClone());

    /// <summary>The last event of a stream that fails.</summary>
    public JsonObject Failure(ApiError error) => events.Of(error);

    /// <summary>Sets the status that the response has now.</summary>
    /// <param name="error">Why it failed; null where it did not.</param>
    public JsonObject Stand(string status, ApiError? error = null)
    {
        Response = events.Shape(status, services.Time.GetUtcNow().ToUnixTimeSeconds(), isKept);
        if (error is not null)
            Response["error"] = new JsonObject { ["code"] = error.Code ?? "server_error", ["message"] = error.Message };
        return (JsonObject)Response.DeepClone();
    }

    /// <summary>Keeps the response as it stands.</summary>
    /// <exception cref="FeedbackUnavailableException">The store is away, and the client asked for keeping.</exception>
    public async Task KeepAsync()
    {
        if (!isKept) return;
        try
        {
            var reply = Encoding.UTF8.GetBytes(Response.ToJsonString(WireJson.Wire.Options));
            if (wasKept) await ChangeAsync(reply);
            else await services.Store.KeepAsync(new(run.Id, ReplyKind.Response, owner, DateTimeOffset.FromUnixTimeSeconds(run.Created),
                reply, Encoding.UTF8.GetBytes(input)));
            wasKept = true;
        }
        catch (FeedbackUnavailableException away) when (request is { Store: null, Background: false })
        {
            services.Log.ReplyNotKept(run.Id, away.Message);
            Response["store"] = isKept = false;
        }
    }

    /// <summary>False once its owner deleted it, or another server cancelled it.</summary>
    /// <exception cref="FeedbackUnavailableException">The store is away.</exception>
    public async Task<bool> IsWantedAsync() => await WantedAsync() is not null;

    // What is not wanted any more stays as it is.
    async Task ChangeAsync(byte[] reply)
    {
        while (await WantedAsync() is { } kept && !await services.Store.ChangeAsync(kept, reply)) { }
    }

    async Task<KeptReply?> WantedAsync() => await services.Store.FindAsync(ReplyKind.Response, owner, run.Id) is { } kept
        && (string?)JsonNode.Parse(kept.Reply.Span)!["status"] != "cancelled" ? kept : null;
}

/// <summary>What every writer needs.</summary>
sealed record ResponseServices(ReplyStore Store, IdSource Ids, TimeProvider Time, ILogger<ResponseWriter> Log);
