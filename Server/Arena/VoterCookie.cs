// Who is voting: a random id in a signed cookie, known to the rest of the house only as its keyed hash. Knows no votes.
using System.Security.Cryptography;
using System.Text;
using Majlis.Feedback.Store;
using Majlis.Feedback.Votes;
using Majlis.Server.Wire;

namespace Majlis.Server.Arena;

sealed class VoterCookie(Func<VoterHash> open, IdSource ids)
{
    public const string Name = "majlis_voter";

    static readonly TimeSpan kept = TimeSpan.FromDays(365);

    VoterHash? opened;

    // Asked for again until it is there: whoever mends the key's file need not start the server again.
    VoterHash Hash => opened ??= open();

    /// <summary>Whether votes are taken: they need the voters' key as well as the store.</summary>
    public async Task<StorageState> ReadinessAsync(RedisConnection store)
    {
        try
        {
            _ = Hash;
            return await store.StateAsync();
        }
        catch (FeedbackUnavailableException error)
        {
            return new StorageState(false, error.Message);
        }
    }

    /// <summary>The voter of this request; one without a valid cookie is new and is given one.</summary>
    /// <exception cref="FeedbackUnavailableException">There is no voters' key.</exception>
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
        return Hash.Of($"voter:{id}");
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
    string Signature(string id) => Hash.Of($"cookie:{id}");
}
