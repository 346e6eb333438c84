// Who calls, as handlers read it from HttpContext.User: the name of the key, its id, its roles, and the voter behind it. Knows no key.
using System.Security.Claims;

namespace Majlis.Server.Access;

static class Caller
{
    /// <summary>The name of every caller while no key is configured.</summary>
    public const string Anonymous = "anonymous";

    /// <summary>Claim: the key's id, never its secret.</summary>
    public const string Key = "majlis:key";

    /// <summary>Claim: the voter to whom this caller's votes are credited.</summary>
    public const string Voter = "majlis:voter";

    /// <summary>Claim: the id of the session, where the caller came by its cookie.</summary>
    public const string Session = "majlis:session";

    /// <param name="scheme">How the caller was recognised.</param>
    /// <param name="claims">Further claims; those without a value are left out.</param>
    public static ClaimsPrincipal Of(string scheme, string name, IEnumerable<string> roles, params (string Type, string? Value)[] claims) =>
        new(new ClaimsIdentity(
        [
            new Claim(ClaimTypes.Name, name), .. roles.Select(role => new Claim(ClaimTypes.Role, role)),
            .. claims.Where(claim => claim.Value is not null).Select(claim => new Claim(claim.Type, claim.Value!)),
        ], scheme));
}
