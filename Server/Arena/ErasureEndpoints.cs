// Erasing what is kept of a voter: DELETE /v1/arena/me for the rater, DELETE /v1/arena/voters/{id} for an admin. The answer names the
// versions that learnt from the erased votes. Feedback erases.
using Majlis.Feedback.Store;
using Majlis.Server.Access;
using Majlis.Server.Catalog;
using Majlis.Server.Operations;
using Majlis.Server.Reference;
using Majlis.Server.Wire;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Majlis.Server.Arena;

/// <param name="Erased">How many battles, votes and kept replies were erased.</param>
/// <param name="Versions">Versions that learnt from the erased votes; their weights stay as they are.</param>
sealed record ErasureReply(string Id, string Object, bool Deleted, int Erased, IReadOnlyList<TouchedVersion> Versions);

static class ErasureEndpoints
{
    const string Me = "me";

    public static void MapErasure(this IEndpointRouteBuilder routes)
    {
        routes.MapDelete("/v1/arena/me", EraseMeAsync).RequireRole(Roles.Rater)
            .Says<ErasureReply>("Erases what is kept of the caller.");
        routes.MapDelete("/v1/arena/voters/{id}", EraseAsync).RequireRole(Roles.Admin)
            .Says<ErasureReply>("Erases what is kept of a voter.");
    }

    /// <summary>Asking twice is no error: the second answer says that nothing was left.</summary>
    static async Task<IResult> EraseMeAsync(HttpContext http, VoterCookie voters, VoterErasure erasure, VersionList versions)
    {
        var erased = voters.Known(http) is { } voter ? await erasure.EraseAsync(voter, new(Me)) : new(0, []);
        VoterCookie.Forget(http);
        return Reply(Me, erased, versions);
    }

    static async Task<IResult> EraseAsync(string id, HttpContext http, VoterErasure erasure, VersionList versions,
        ILogger<VoterErasure> log)
    {
        var erased = await erasure.EraseAsync(id, new(http.User.Identity?.Name ?? "anonymous"));
        if (erased.Count == 0) return ApiError.UnknownVoter(id).ToResult();
        log.VoterErased(http.User.Identity?.Name ?? "anonymous", id, erased.Count);
        return Reply(id, erased, versions);
    }

    static JsonHttpResult<ErasureReply> Reply(string id, Erased erased, VersionList versions) => TypedResults.Json(
        new ErasureReply(id, "arena.voter.deleted", Deleted: true, erased.Count, versions.Touched(erased.Votes.ToHashSet())),
        WireJson.Wire.ErasureReply);
}
