// Raters' sessions in the store, until they expire or are closed. Knows no cookie and no key.
using System.Text.Json;
using StackExchange.Redis;

namespace Majlis.Feedback.Store.Access;

public sealed class SessionStore(RedisConnection connection, TimeProvider time)
{
    /// <summary>Sessions of one voter; one more closes the oldest.</summary>
    public const int Most = 32;

    /// <exception cref="FeedbackUnavailableException">The store is away.</exception>
    public async Task OpenAsync(RaterSession session)
    {
        var now = time.GetUtcNow();
        var oldest = (RedisValue[])(await connection.WriteAsync(AccessScripts.OpenSession,
            [AccessNames.Session(session.Id), AccessNames.Sessions(session.Voter)],
            [
                session.Id, JsonSerializer.SerializeToUtf8Bytes(session, FeedbackJson.Default.RaterSession),
                now.ToUnixTimeMilliseconds(), (long)(session.Expires - now).TotalMilliseconds, Most,
            ], insist: false))!;
        foreach (var id in oldest) await CloseAsync((string)id!, session.Voter);
    }

    /// <summary>The session, or null where it was closed, has expired or never was.</summary>
    /// <exception cref="FeedbackUnavailableException">The store is away.</exception>
    /// <exception cref="CorruptRecordException">What is stored cannot be read.</exception>
    public async Task<RaterSession?> FindAsync(string id)
    {
        var stored = (byte[]?)await connection.ReadAsync(database => database.StringGetAsync(AccessNames.Session(id)));
        try
        {
            return stored is not null && JsonSerializer.Deserialize(stored, FeedbackJson.Default.RaterSession) is { } session
                && session.Expires > time.GetUtcNow() ? session : null;
        }
        catch (JsonException error)
        {
            throw new CorruptRecordException("of a session", $"its JSON does not fit: {error.Message}");
        }
    }

    /// <exception cref="FeedbackUnavailableException">The store is away; it may be closed all the same.</exception>
    public Task CloseAsync(string id, string voter) => connection.WriteAsync(AccessScripts.CloseSession,
        [AccessNames.Session(id), AccessNames.Sessions(voter)], [id], insist: false);

    /// <summary>Closes all sessions of a voter.</summary>
    /// <exception cref="FeedbackUnavailableException">The store is away; some may be closed already.</exception>
    public async Task CloseAllAsync(string voter)
    {
        var open = await connection.ReadAsync(database => database.SortedSetRangeByRankAsync(AccessNames.Sessions(voter)));
        foreach (var id in open) await CloseAsync((string)id!, voter);
    }
}
