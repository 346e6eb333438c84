// Who votes: the holder of a key or session, or, without keys, of a signed cookie that holds a random id and its time of issue. Other code
// sees only keyed hashes. Knows no votes.
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Majlis.Feedback.Store;
using Majlis.Feedback.Votes;
using Majlis.Server.Access;
using Majlis.Server.Wire;

namespace Majlis.Server.Arena;

sealed class VoterCookie(Func<VoterHash> open, IdSource ids, TimeProvider time)
{
    public const string Name = "majlis_voter";

    static readonly TimeSpan kept = TimeSpan.FromDays(365);

    VoterHash? opened;

    // Opened again until it succeeds: whoever repairs the key file need not restart the server.
    VoterHash Hash => opened ??= open();

    /// <summary>Whether votes are accepted: they need the voters' key and the store.</summary>
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

    /// <summary>
    /// The rater of this request: the holder of the key or session where keys are asked for. Else a request without a valid cookie gets
    /// a new rater and a cookie.
    /// </summary>
    /// <exception cref="FeedbackUnavailableException">There is no voters' key, or the store has not told the holder's id yet.</exception>
    public Rater Rater(HttpContext http)
    {
        var address = Hash.Of($"address:{Arena.Rater.Network(http.Connection.RemoteIpAddress)}");
        if (IsKeyless(http)) return OfCookie(http, address);
        return http.User.FindFirst(Caller.Voter) is { } voter ? new Rater(voter.Value, address, CookieAge: null)
            : throw new FeedbackUnavailableException("The store that names voters has not answered yet.");
    }

    static bool IsKeyless(HttpContext http) => http.User.Identity?.AuthenticationType is null or KeylessHandler.SchemeName;

    Rater OfCookie(HttpContext http, string address)
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
        return new Rater(Hash.Of($"voter:{id}"), address, age < TimeSpan.Zero ? TimeSpan.Zero : age);
    }

    /// <summary>The voter of a request with a key, a session or, without keys, a valid cookie; else null.</summary>
    /// <exception cref="FeedbackUnavailableException">There is no voters' key.</exception>
    public string? Known(HttpContext http) => http.User.FindFirst(Caller.Voter)?.Value
        ?? (IsKeyless(http) && http.Request.Cookies[Name] is { } cookie && Read(cookie).Id is { } id ? Hash.Of($"voter:{id}") : null);

    /// <summary>The browser drops its cookies: its next battle is somebody new's, and a session has ended.</summary>
    public static void Forget(HttpContext http)
    {
        http.Response.Cookies.Delete(Name);
        if (!IsKeyless(http)) SessionCookie.Take(http);
    }

    /// <summary>The voter hash for a cookie's value; any other text is taken as a hash already.</summary>
    public static string VoterOf(string value, VoterHash hash) => value.Split('.') is [var id, _, ..] ? hash.Of($"voter:{id}") : value;

    string Write(string id, DateTimeOffset given)
    {
        var content = $"{id}.{given.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)}";
        return $"{content}.{Signature(content)}";
    }

    /// <summary>The id, and its time of issue where the cookie holds one; null where the signature is not ours.</summary>
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

    // The prefix differs from the voter's, so that no stored voter hash is a valid signature.
    string Signature(string content) => Hash.Of($"cookie:{content}");
}
