// Who is voting: a random id in a signed cookie, known to the rest of the house only as its keyed hash. Knows no votes.
using System.Security.Cryptography;
using System.Text;
using Majlis.Feedback.Votes;
using Majlis.Server.Wire;

namespace Majlis.Server.Arena;

sealed class VoterCookie(VoterHash hash, IdSource ids)
{
    public const string Name = "majlis_voter";

    static readonly TimeSpan kept = TimeSpan.FromDays(365);

    /// <summary>The voter of this request; one without a valid cookie is new and is given one.</summary>
    public string Voter(HttpContext http)
    {
        var id = http.Request.Cookies[Name] is { } cookie ? Read(cookie) : null;
        if (id is null)
        {
            id = ids.Text(24);
            http.Response.Cookies.Append(Name, $"{id}.{Signature(id)}", new CookieOptions
            {
                HttpOnly = true,
                SameSite = SameSiteMode.Strict,
                Secure = http.Request.IsHttps,
                MaxAge = kept,
                IsEssential = true,
                Path = "/",
            });
        }
        return hash.Of($"voter:{id}");
    }

    string? Read(string cookie)
    {
        var dot = cookie.IndexOf('.', StringComparison.Ordinal);
        if (dot < 0) return null;
        var (id, signature) = (cookie[..dot], cookie[(dot + 1)..]);
        var own = Encoding.UTF8.GetBytes(Signature(id));
        return CryptographicOperations.FixedTimeEquals(own, Encoding.UTF8.GetBytes(signature)) ? id : null;
    }

    // Another prefix than the voter's, so that what is stored with votes signs nothing.
    string Signature(string id) => hash.Of($"cookie:{id}");
}
