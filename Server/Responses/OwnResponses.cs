// The kept responses of an owner, as they are told. One in the background whose server was killed has failed: nobody goes on with it.
// Knows no HTTP.
using System.Text;
using System.Text.Json.Nodes;
using Majlis.Feedback.Store;
using Majlis.Feedback.Store.Replies;
using Majlis.Server.Wire;

namespace Majlis.Server.Responses;

sealed class OwnResponses(ReplyStore store, RunningReplies running)
{
    static readonly string[] unfinished = ["queued", "in_progress"];

    /// <summary>Null where there is none of the owner's.</summary>
    /// <exception cref="FeedbackUnavailableException">The store is away.</exception>
    public async Task<KeptReply?> FindAsync(string owner, string id)
    {
        if (await LookAsync(owner, id) is not { } kept) return null;
        if (!IsUnfinished(kept) || await running.IsSaidAsync(id)) return kept;
        // What ended since that look is not changed.
        await StandAsync(kept, "failed", new JsonObject
        {
            ["code"] = "server_error",
            ["message"] = "The server that generated this response ended before it. Ask again.",
        });
        return await LookAsync(owner, id);
    }

    /// <summary>Cancels what is not finished. Another server may run it, and finds out.</summary>
    /// <exception cref="FeedbackUnavailableException">The store is away.</exception>
    public async Task<KeptReply?> CancelAsync(string owner, string id)
    {
        while (await LookAsync(owner, id) is { } kept)
            if (!IsUnfinished(kept) || await StandAsync(kept, "cancelled", null)) return await LookAsync(owner, id);
        return null;
    }

    static bool IsUnfinished(KeptReply kept) => unfinished.Contains((string?)JsonNode.Parse(kept.Reply.Span)!["status"]);

    Task<bool> StandAsync(KeptReply kept, string status, JsonObject? error)
    {
        var response = JsonNode.Parse(kept.Reply.Span)!.AsObject();
        (response["status"], response["error"]) = (status, error);
        return store.ChangeAsync(kept, Encoding.UTF8.GetBytes(response.ToJsonString(WireJson.Wire.Options)));
    }

    Task<KeptReply?> LookAsync(string owner, string id) => store.FindAsync(ReplyKind.Response, owner, id);
}
