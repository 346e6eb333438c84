// The arena. POST /v1/arena/battles streams two anonymous answers; POST /v1/arena/battles/{id}/vote stores the verdict and reveals which
// model wrote which answer. Feedback makes votes durable; the cookie names the voter.
using System.Text.Json.Nodes;
using Majlis.Feedback.Store;
using Majlis.Feedback.Votes;
using Majlis.Inference;
using Majlis.Server.Access;
using Majlis.Server.Chat;
using Majlis.Server.Limits;
using Majlis.Server.Models;
using Majlis.Server.Operations;
using Majlis.Server.Reference;
using Majlis.Server.Runs;
using Majlis.Server.Wire;

namespace Majlis.Server.Arena;

static class ArenaEndpoints
{
    public static void MapArena(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/arena/battles", OpenAsync).RequireRole(Roles.Rater)
            .Says("Streams two anonymous answers to one prompt.");
        routes.MapPost("/v1/arena/battles/{id}/vote", VoteAsync).RequireRole(Roles.Rater)
            .Says<VoteReply>("Stores the verdict on a battle, and says who was who.");
    }

    static Task<IResult> OpenAsync(HttpContext http, ChatStarter starter, PassageSource passages, BattleStore store,
        RedisConnection redis, VoterCookie voters, IdSource ids, TimeProvider time, Generations generations) =>
        generations.AnswerAsync(http,
            (body, problem) => BattleRequestReader.Read(body, problem) is { } request
                ? passages.Add(request) with { Client = ClientLimits.Client(http) } : null,
            (request, problem) => starter.Start(request, "btl_", problem),
            async (request, run) =>
            {
                // Two answers that cannot be stored would be generated for nothing.
                if (await voters.ReadinessAsync(redis) is { TakesVotes: false } away) return ApiError.NoFeedback(away.Says).ToResult();
                var battle = new BattleRun(run, request, voters.Rater(http).Voter, firstIsA: ids.Seed() % 2 == 0, store, time);
                return await generations.StreamAsync(http, battle.EventsAsync(generations.Pieces(http, run), http.RequestAborted));
            });

    static async Task<IResult> VoteAsync(string id, HttpContext http, BattleStore store, VoterCookie voters, RequestReader reader,
        VoteReader votes, ModelNames names, LiveModel live, ServerMetrics metrics)
    {
        var problem = new Problem();
        var rater = voters.Rater(http);
        var vote = await reader.ReadAsync(http.Request, problem, body => votes.Read(body, id, rater, problem));
        if (vote is null) return problem.First!.ToResult();
        var receipt = await store.VoteAsync(vote);
        metrics.Voted(receipt.Outcome);
        return receipt.Outcome switch
        {
            VoteOutcome.Stored or VoteOutcome.Repeated => await RevealAsync(vote, store, names, live),
            VoteOutcome.Conflict => ApiError.VoteConflict(id).ToResult(),
            VoteOutcome.UnknownBattle => ApiError.UnknownBattle(id).ToResult(),
            VoteOutcome.NotYours => ApiError.NotYourBattle(id).ToResult(),
            _ => ApiError.NoFeedback(receipt.Reason!).ToResult(),
        };
    }

    static async Task<IResult> RevealAsync(Vote vote, BattleStore store, ModelNames names, LiveModel live)
    {
        if (await store.FindAsync(vote.BattleId) is not { } battle) return ApiError.UnknownBattle(vote.BattleId).ToResult();
        // Both sides mostly have the same version, and the lookup searches all kept versions: it runs once where they are equal.
        var first = names.OfWeights(battle.A.Version, live.Current);
        var second = battle.B.Version == battle.A.Version ? first : names.OfWeights(battle.B.Version, live.Current);
        var sides = new VoteSides(Side(battle.A, first), Side(battle.B, second));
        return TypedResults.Json(new VoteReply(vote.BattleId, "arena.vote", VoteReader.Word(vote.Verdict), sides), WireJson.Wire.VoteReply);

        static VoteSide Side(BattleSide side, string model) => new(side.Adapter ?? model, side.Version, JsonNode.Parse(side.SamplingJson));
    }
}
