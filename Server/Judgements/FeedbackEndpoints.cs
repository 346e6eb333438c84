// POST /v1/feedback: a judgement on a kept chat. JudgementStore does the work.
using Majlis.Feedback.Store.Replies;
using Majlis.Server.Access;
using Majlis.Server.Arena;
using Majlis.Server.Reference;
using Majlis.Server.Replies;
using Majlis.Server.Wire;

namespace Majlis.Server.Judgements;

static class FeedbackEndpoints
{
    public static void MapFeedback(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/feedback", JudgeAsync).RequireRole(Roles.Rater)
            .Says("Judges a kept chat; a preferred rewrite is learnt from.");

    static async Task<IResult> JudgeAsync(HttpContext http, RequestReader reader, ReplyStore store, JudgementStore judgements,
        VoterCookie voters)
    {
        var problem = new Problem();
        if (await reader.ReadAsync(http.Request, problem, body => JudgementReader.Read(body, problem)) is not { } judgement)
            return problem.First!.ToResult();
        if (await store.FindAsync(ReplyKind.Chat, ReplyOwner.Of(http), judgement.Completion) is not { } kept)
            return ApiError.UnknownCompletion(judgement.Completion).ToResult();
        // The vote comes first, since it is durable and may be refused.
        if (judgement.Preferred is { } preferred
            && await judgements.VoteAsync(kept, preferred, judgement.Comment, voters.Rater(http)) is { } refusal)
            return refusal.ToResult();
        return TypedResults.Json(await judgements.KeepAsync(kept, judgement), WireJson.Wire.JsonObject);
    }
}
