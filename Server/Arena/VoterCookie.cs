// Who is voting: a random id and the time it was given out, in a signed cookie. The rest of the house knows only keyed hashes.
// Knows no votes.
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Majlis.Feedback.Store;
using Majlis.Feedback.Votes;
using Majlis.Server.Wire;

namespace Majlis.Server.Arena;

sealed class VoterCookie(Func<VoterHash> open, IdSource ids, TimeProvider time)
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

    /// <summary>The rater of this request; one without a valid cookie is new and is given one.</summary>
    /// <exception cref="FeedbackUnavailableException">There is no voters' key.</exception>
    public Rater Rater(HttpContext http)
    {
        var now = time.GetUtcNow();
        var (id, given) = http.Request.Cookies[Name] is { } cookie ? Read(cookie) : default;
        if (id is null)
        {
            (id, given) = (ids.Text(24), now);
            http.Response.Cookies.Append(Name, Write(id, now), new CookieOptions
            {
                HttpOnly = true,
                SameSite = SameSiteMode.Strict,
                Secure = http.Request.IsHttps,
                MaxAge = kept,
                IsEssential = true,
                Path = "/",
            });
        }
        var age = now - given;
        return new Rater(Hash.Of($"voter:{id}"), Hash.Of($"address:{Arena.Rater.Network(http.Connection.RemoteIpAddress)}"),
            age < TimeSpan.Zero ? TimeSpan.Zero : age);
    }

    /// <summary>The voter of a cookie's value; an id as it stands with votes is one already.</summary>
    public static string VoterOf(string value, VoterHash hash) => value.Split('.') is [var id, _, ..] ? hash.Of($"voter:{id}") : value;

    string Write(string id, DateTimeOffset given)
    {
        var content = $"{id}.{given.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)}";
        return $"{content}.{Signature(content)}";
    }

    /// <summary>The id, and when it was given out where the cookie says so; null where the signature is not ours.</summary>
    (string? Id, DateTimeOffset? Given) Read(string cookie)
    {
        var dot = cookie.LastIndexOf('.');
        if (dot < 0) return default;
        var (content, signature) = (cookie[..dot], cookie[(dot + 1)..]);
        var own = Encoding.UTF8.GetBytes(Signature(content));
        if (!CryptographicOperations.FixedTimeEquals(own, Encoding.UTF8.GetBytes(signature))) return default;
        var parts = content.Split('.');
        return parts is [var id, var seconds] && long.TryParse(seconds, CultureInfo.InvariantCulture, out var given)
            ? (id, DateTimeOffset.FromUnixTimeSeconds(given)) : (content, null);
    }

    // Another prefix than the voter's, so that what is stored with votes signs nothing.
    string Signature(string content) => Hash.Of($"cookie:{content}");
}
