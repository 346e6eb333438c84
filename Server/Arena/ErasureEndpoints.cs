// Erasing what is kept of a voter: DELETE /v1/arena/me for the rater, DELETE /v1/arena/voters/{id} for an admin. The answer names the
// versions that learnt from the erased votes. Feedback erases what is in the store, OwnedFiles what lies beside it.
using Majlis.Feedback.Store;
using Majlis.Server.Access;
using Majlis.Server.Catalog;
using Majlis.Server.Operations;
using Majlis.Server.Reference;
using Majlis.Server.Retention;
using Majlis.Server.Wire;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Majlis.Server.Arena;

/// <param name="Erased">How many battles, votes, kept replies, files and stores were erased.</param>
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
    static async Task<IResult> EraseMeAsync(HttpContext http, VoterCookie voters, VoterErasure erasure, OwnedFiles files,
        VersionList versions)
    {
        var erased = voters.Known(http) is { } voter ? await AllAsync(voter, Me, erasure, files) : new(0, []);
        VoterCookie.Forget(http);
        return Reply(Me, erased, versions);
    }

    static async Task<IResult> EraseAsync(string id, HttpContext http, VoterErasure erasure, OwnedFiles files, VersionList versions,
        ILogger<VoterErasure> log)
    {
        var erased = await AllAsync(id, http.User.Identity?.Name ?? "anonymous", erasure, files);
        if (erased.Count == 0) return ApiError.UnknownVoter(id).ToResult();
        log.VoterErased(http.User.Identity?.Name ?? "anonymous", id, erased.Count);
        return Reply(id, erased, versions);
    }

    static async Task<Erased> AllAsync(string voter, string by, VoterErasure erasure, OwnedFiles files)
    {
        var erased = await erasure.EraseAsync(voter, new(by));
        return erased with { Count = erased.Count + files.Erase(voter) };
    }

    static JsonHttpResult<ErasureReply> Reply(string id, Erased erased, VersionList versions) => TypedResults.Json(
        new ErasureReply(id, "arena.voter.deleted", Deleted: true, erased.Count, versions.Touched(erased.Votes.ToHashSet())),
        WireJson.Wire.ErasureReply);
}
