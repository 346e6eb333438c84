// The catalogue for admins: its versions, a promotion, a rollback, trials, and the audit of all moves. Other classes do each step.
using Majlis.Feedback.Store;
using Majlis.Model.Catalog;
using Majlis.Server.Access;
using Majlis.Server.Reference;
using Majlis.Server.Wire;

namespace Majlis.Server.Catalog;

static class CatalogEndpoints
{
    public static void MapCatalog(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/catalog/versions", ListAsync).RequireRole(Roles.Admin)
            .Says<ListPage<VersionCard>>("Every version with its lineage and verdict.");
        routes.MapPost("/v1/catalog/versions/{id}/promote", PromoteAsync).RequireRole(Roles.Admin)
            .Says<PointerReply>("Serves a version.");
        routes.MapPost("/v1/catalog/versions/{id}/trial", TryAsync).RequireRole(Roles.Admin)
            .Says<PointerReply>("Lets a share of the traffic try a version.");
        routes.MapDelete("/v1/catalog/versions/{id}/trial", EndTrialAsync).RequireRole(Roles.Admin)
            .Says<PointerReply>("Ends the trial of a version.");
        routes.MapPost("/v1/catalog/rollback", RollBackAsync).RequireRole(Roles.Admin)
            .Says<PointerReply>("Serves the previous version.");
        routes.MapGet("/v1/catalog/audit", AuditAsync).RequireRole(Roles.Admin)
            .Says("Every move of the catalogue's pointer.");
    }

    static async Task<IResult> ListAsync(HttpContext http, VersionList versions)
    {
        var problem = new Problem();
        return Paging.Read(http.Request.Query, problem) is { } paging && await versions.ReadAsync(paging, problem) is { } page
            ? TypedResults.Json(page, WireJson.Wire.ListPageVersionCard) : problem.First!.ToResult();
    }

    static Task<IResult> PromoteAsync(string id, HttpContext http, RequestReader reader, PointerMoves moves, AuditKeeper keeper) =>
        MoveAsync(http, reader, keeper, (wish, problem) => moves.Promote(id, wish, Caller(http), problem));

    static Task<IResult> RollBackAsync(HttpContext http, RequestReader reader, PointerMoves moves, AuditKeeper keeper) =>
        MoveAsync(http, reader, keeper, (wish, problem) => moves.RollBack(wish, Caller(http), problem));

    static Task<IResult> EndTrialAsync(string id, HttpContext http, RequestReader reader, PointerMoves moves, AuditKeeper keeper) =>
        MoveAsync(http, reader, keeper, (wish, problem) => moves.EndTrial(id, wish, Caller(http), problem));

    static async Task<IResult> TryAsync(string id, HttpContext http, RequestReader reader, PointerMoves moves, AuditKeeper keeper)
    {
        var problem = new Problem();
        return await TrialRequest.ReadAsync(http.Request, reader, problem) is { } wish
            ? await MovedAsync(moves.Try(id, wish, Caller(http), problem), problem, keeper) : problem.First!.ToResult();
    }

    static async Task<IResult> MoveAsync(HttpContext http, RequestReader reader, AuditKeeper keeper,
        Func<MoveRequest, Problem, CatalogState?> move)
    {
        var problem = new Problem();
        return await MoveRequest.ReadAsync(http.Request, reader, problem) is { } wish
            ? await MovedAsync(move(wish, problem), problem, keeper) : problem.First!.ToResult();
    }

    static async Task<IResult> MovedAsync(CatalogState? moved, Problem problem, AuditKeeper keeper)
    {
        if (moved is not { } state) return problem.First!.ToResult();
        // The move is made; a client that has gone must not keep its record waiting.
        await keeper.KeepAsync(CancellationToken.None);
        return TypedResults.Json(new PointerReply("catalog.pointer", state.Generation, state.Current, state.Previous, state.Candidate,
            state.Share), WireJson.Wire.PointerReply);
    }

    static async Task<IResult> AuditAsync(HttpContext http, AuditStream audit, AuditKeeper keeper)
    {
        await keeper.KeepAsync(http.RequestAborted);
        return await AuditReply.OfAsync(http, audit, Reply, move => move.Id, WireJson.Wire.ListPageMoveReply);
    }

    static MoveReply Reply(AuditEntry entry)
    {
        var move = ModelCatalog.ReadMove(entry.Json.Span);
        return new(entry.Id, "catalog.move", move.At.ToUnixTimeSeconds(), move.By, move.Action, move.From, move.To, move.Generation,
            move.Reason, move.Share);
    }

    static string Caller(HttpContext http) => http.User.Identity?.Name ?? "anonymous";
}
