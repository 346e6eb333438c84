// Raters' sessions: opened by a key or an invitation, kept in the store, and remembered here for a moment. A session ends with the key or
// the invitation that opened it. Knows no endpoint.
using System.Collections.Concurrent;
using Majlis.Feedback.Store;
using Majlis.Feedback.Store.Access;
using Majlis.Server.Wire;

namespace Majlis.Server.Access;

sealed class Sessions(SessionStore store, KeyStore keys, KeyRing ring, KeyTimes times, IdSource ids, TimeProvider time)
{
    static readonly TimeSpan life = TimeSpan.FromDays(30);

    /// <summary>More are not remembered; each then costs a look into the store.</summary>
    const int MostRemembered = 8192;

    readonly ConcurrentDictionary<string, (RaterSession Session, long At)> remembered = new();

    /// <summary>The session of the request's cookie, or why there is none.</summary>
    public async Task<(RaterSession? Session, AccessKey? Opener, ApiError? Error)> FindAsync(HttpRequest request)
    {
        if (ring.Keys is not { } known) return (null, null, ApiError.KeysAway());
        if (known.Secret is null || SessionCookie.Read(request, known.Secret) is not { } id) return (null, null, ApiError.NoSession());
        try
        {
            return await FindAsync(id) is { } session && ring.Opener(session.Key) is { } opener && session.Expires > time.GetUtcNow()
                ? (session, opener, null) : (null, null, ApiError.NoSession());
        }
        catch (FeedbackUnavailableException)
        {
            return (null, null, ApiError.KeysAway());
        }
    }

    /// <summary>Opens a session and gives the browser its cookie. An invitation loses one use.</summary>
    /// <returns>Null where the invitation has no use left.</returns>
    /// <exception cref="FeedbackUnavailableException">The store is away.</exception>
    public async Task<RaterSession?> OpenAsync(HttpContext http, AccessKey opener)
    {
        if (opener.Uses is not null && !await keys.UseAsync(opener)) return null;
        var secret = ring.Keys?.Secret ?? await keys.SecretAsync();
        var (id, expires) = (ids.Text(24), time.GetUtcNow() + life);
        // Whoever comes again by the same key is the same voter; each use of an invitation is somebody else.
        var voter = opener.Uses is null ? KeyRing.VoterOf(opener, secret) : secret.Voter($"session:{id}");
        var session = new RaterSession(id, opener.Id, opener.Name, voter, opener.Uses is null && opener.Expires < expires
            ? opener.Expires.Value : expires);
        await store.OpenAsync(session);
        SessionCookie.Give(http, session, secret);
        return session;
    }

    /// <exception cref="FeedbackUnavailableException">The store is away; the session may be closed all the same.</exception>
    public async Task CloseAsync(string id, string voter)
    {
        remembered.TryRemove(id, out _);
        await store.CloseAsync(id, voter);
    }

    async Task<RaterSession?> FindAsync(string id)
    {
        var known = remembered.TryGetValue(id, out var seen);
        if (known && time.GetElapsedTime(seen.At) < times.Look) return seen.Session;
        var at = time.GetTimestamp();
        try
        {
            var found = await store.FindAsync(id);
            if (found is null || remembered.Count >= MostRemembered) remembered.TryRemove(id, out _);
            else remembered[id] = (found, at);
            return found;
        }
        catch (FeedbackUnavailableException) when (known && time.GetElapsedTime(seen.At) < times.Grace)
        {
            return seen.Session;
        }
    }
}
