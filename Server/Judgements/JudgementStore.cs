// Keeps judgements: a rewrite as a vote, all of a judgement with the chat that it is about. Knows no HTTP.
using System.Text;
using System.Text.Json.Nodes;
using Majlis.Feedback.Store;
using Majlis.Feedback.Store.Replies;
using Majlis.Feedback.Votes;
using Majlis.Server.Arena;
using Majlis.Server.Models;
using Majlis.Server.Operations;
using Majlis.Server.Wire;

namespace Majlis.Server.Judgements;

sealed class JudgementStore(ReplyStore store, BattleStore battles, ModelLeases leases, ServerOptions options, ServerMetrics metrics,
    TimeProvider time)
{
    /// <summary>Stores a vote for the rewrite durably; the reason where it is not taken.</summary>
    /// <exception cref="FeedbackUnavailableException">The store is away.</exception>
    public async Task<ApiError?> VoteAsync(KeptReply kept, string preferred, string? comment, Rater rater)
    {
        if (CallsTools(kept))
            return ApiError.InvalidValue("preferred", "Invalid 'preferred': an answer that calls tools cannot be rewritten.");
        var problem = new Problem();
        var battle = leases.Lease(ModelNames.Current, problem, lease =>
        {
            using (lease) return RewriteVote.Battle(kept, preferred, lease.Model, rater.Voter, time.GetUtcNow());
        });
        if (battle is null) return problem.First;
        // Of two rewrites at once one is the first.
        var earlier = await battles.FindAsync(battle.Id);
        if (earlier is null && !await battles.TryOpenAsync(battle)) earlier = await battles.FindAsync(battle.Id);
        if (earlier is not null && earlier.B.Text != preferred) return ApiError.RewriteConflict(kept.Id);
        var receipt = await battles.VoteAsync(RewriteVote.Vote(kept.Id, comment, rater, options.Voters));
        metrics.Voted(receipt.Outcome);
        return receipt.Outcome switch
        {
            VoteOutcome.Stored or VoteOutcome.Repeated => null,
            VoteOutcome.Conflict or VoteOutcome.NotYours => ApiError.RewriteConflict(kept.Id),
            // It was erased meanwhile.
            VoteOutcome.UnknownBattle => ApiError.UnknownCompletion(kept.Id),
            _ => ApiError.NoFeedback(receipt.Reason ?? "The vote was not taken."),
        };
    }

    /// <summary>
    /// Keeps the judgement with the chat; whatever changed there meanwhile stays, and so does what an earlier judgement said and this one
    /// does not. Gives it in the reply's shape.
    /// </summary>
    /// <exception cref="FeedbackUnavailableException">The store is away.</exception>
    public async Task<JsonObject> KeepAsync(KeptReply kept, Judgement judgement)
    {
        var shape = Shape(judgement, null);
        while (await store.FindAsync(kept.Kind, kept.Owner, kept.Id) is { } now)
        {
            var reply = JsonNode.Parse(now.Reply.Span)!.AsObject();
            shape = Shape(judgement, reply["feedback"]);
            reply["feedback"] = shape.DeepClone();
            if (await store.ChangeAsync(now, Encoding.UTF8.GetBytes(reply.ToJsonString(WireJson.Wire.Options)))) break;
        }
        return shape;
    }

    JsonObject Shape(Judgement judgement, JsonNode? earlier) => new()
    {
        ["object"] = "feedback",
        ["completion_id"] = judgement.Completion,
        ["created"] = time.GetUtcNow().ToUnixTimeSeconds(),
        ["rating"] = judgement.Rating ?? (string?)earlier?["rating"],
        ["preferred"] = judgement.Preferred ?? (string?)earlier?["preferred"],
        ["comment"] = judgement.Comment ?? (string?)earlier?["comment"],
    };

    static bool CallsTools(KeptReply kept) =>
        JsonNode.Parse(kept.Reply.Span)!["choices"]![0]!["message"]!["tool_calls"] is not null;
}
