// Erases what is kept of one voter: prompts, answers, tokens and votes. A vote's number stays as a tombstone, so that manifests,
// which list votes by id, still tell which versions they touched. Knows no versions.
using StackExchange.Redis;

namespace Majlis.Feedback.Store;

public sealed class VoterErasure(RedisConnection connection, TimeProvider time)
{
    /// <summary>Erases durably; may be repeated after a failure. Gives how many battles and votes were erased.</summary>
    /// <exception cref="FeedbackUnavailableException">The store is away; some may be erased already.</exception>
    public async Task<int> EraseAsync(string voter)
    {
        var erased = 0;
        var voted = await connection.ReadAsync(database => database.SetMembersAsync(Keys.Voter(voter)));
        var waiting = await connection.ReadAsync(database => database.SortedSetRangeByRankAsync(Keys.Waiting(voter)));
        foreach (var battle in voted.Union(waiting))
        {
            RedisValue[] values = [voter, time.GetUtcNow().ToUnixTimeMilliseconds(), battle];
            RedisKey[] keys = [Keys.Battle((string)battle!), Keys.Voter(voter), Keys.Waiting(voter)];
            erased += (int)await connection.WriteAsync(Scripts.Erase, keys, values, insist: false);
        }
        // The lists themselves stay: a battle opened meanwhile is on them and waits for the next erasure.
        await connection.WriteAsync(Scripts.Forget, [Keys.Seen(voter), Keys.Rate(voter)], [], insist: false);
        return erased;
    }
}
