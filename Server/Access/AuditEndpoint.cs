// GET /v1/access/audit: which keys and invitations were made and revoked, which voters erased, by whom, when and why. Other classes change
// them and keep the records.
using Majlis.Feedback.Store;
using Majlis.Feedback.Store.Access;
using Majlis.Server.Reference;
using Majlis.Server.Wire;

namespace Majlis.Server.Access;

static class AuditEndpoint
{
    public static void MapAccessAudit(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/access/audit", ListAsync).RequireRole(Roles.Admin)
            .Says("Every key and invitation made or revoked, and every voter erased.");

    static Task<IResult> ListAsync(HttpContext http, KeyStore keys) =>
        AuditReply.OfAsync(http, keys.Audit, Reply, change => change.Id, WireJson.Wire.ListPageKeyChangeReply);

    static KeyChangeReply Reply(AuditEntry entry)
    {
        var change = KeyChange.Read(entry.Json.Span);
        return new(entry.Id, "access.change", change.At.ToUnixTimeSeconds(), change.By, change.Action, change.Key, change.Name, change.Role,
            change.Expires?.ToUnixTimeSeconds(), change.Uses, change.Reason);
    }
}

/// <summary>One audit record. Times are Unix seconds.</summary>
/// <param name="Key">The id of the key or invitation, which is a part of its text and no secret; of an erasure the voter's id.</param>
/// <param name="Uses">How many sessions an invitation opens in all; null for a key.</param>
sealed record KeyChangeReply(string Id, string Object, long CreatedAt, string By, string Action, string Key, string Name, string Role,
    long? ExpiresAt, int? Uses, string? Reason);
