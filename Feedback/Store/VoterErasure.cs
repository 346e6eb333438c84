// Erases what is kept of one voter: prompts, answers, tokens, votes and kept replies. A vote's number stays as a tombstone, so that
// manifests, which list votes by id, still tell which versions they touched. The audit of access says who asked. Knows no versions.
using Majlis.Feedback.Store.Access;
using Majlis.Feedback.Store.Replies;
using StackExchange.Redis;

namespace Majlis.Feedback.Store;

/// <summary>What an erasure removed.</summary>
/// <param name="Count">Battles, votes and kept replies.</param>
/// <param name="Votes">Ids of the votes, as manifests list them.</param>
public sealed record Erased(int Count, IReadOnlyList<string> Votes);

public sealed class VoterErasure(RedisConnection connection, TimeProvider time)
{
    const int Page = 512;
    const int WithItsVote = 2;
    const int OnlyTheVote = 3;

    /// <summary>Erases durably; may be repeated after a failure. Where something is kept, the audit says so before it goes.</summary>
    /// <param name="note">Who erases, and why.</param>
    /// <exception cref="FeedbackUnavailableException">The store is away; some may be erased already.</exception>
    public async Task<Erased> EraseAsync(string voter, KeyNote note)
    {
        var (count, votes) = (0, new List<string>());
        var voted = await connection.ReadAsync(database => database.SetMembersAsync(Keys.Voter(voter)));
        var waiting = await connection.ReadAsync(database => database.SortedSetRangeByRankAsync(Keys.Waiting(voter)));
        var replies = new ReplyStore(connection, time);
        if (voted.Length + waiting.Length > 0 || await replies.HasAnyAsync(voter))
            await NoteAsync(KeyChange.OfVoter(voter, time.GetUtcNow(), note));
        foreach (var battle in voted.Union(waiting))
        {
            var id = (string)battle!;
            RedisValue[] values = [voter, time.GetUtcNow().ToUnixTimeMilliseconds(), battle];
            RedisKey[] keys = [Keys.Battle(id), Keys.Voter(voter), Keys.Waiting(voter)];
            var erased = (int)await connection.WriteAsync(Scripts.Erase, keys, values, insist: false);
            if (erased > 0) count++;
            if (erased == WithItsVote) votes.Add(id);
            if (erased == OnlyTheVote) votes.Add($"{id}/{voter}");
        }
        // The lists themselves stay: a battle opened meanwhile is on them and waits for the next erasure.
        await connection.WriteAsync(Scripts.Forget, [Keys.Seen(voter), Keys.Rate(voter)], [], insist: false);
        await new SessionStore(connection, time).CloseAllAsync(voter);
        count += await replies.EraseAsync(voter);
        return new(count, votes);
    }

    /// <summary>Those of the votes that were erased, whoever's they were.</summary>
    /// <param name="votes">Ids of votes, as manifests list them.</param>
    /// <exception cref="FeedbackUnavailableException">The store is away.</exception>
    public async Task<IReadOnlySet<string>> ErasedAsync(IEnumerable<string> votes)
    {
        var erased = new HashSet<string>(StringComparer.Ordinal);
        foreach (var page in votes.Distinct().Chunk(Page))
        {
            var marks = await connection.ReadAsync(database => Task.WhenAll(page.Select(vote => IsErasedAsync(database, vote))));
            erased.UnionWith(page.Where((_, i) => marks[i]));
        }
        return erased;
    }

    Task NoteAsync(KeyChange change) => new KeyStore(connection).Audit.AppendAsync(change.Id, change.At, change.ToJson());

    static Task<bool> IsErasedAsync(IDatabase database, string vote) => vote.IndexOf('/') is var slash and >= 0
        ? database.HashExistsAsync(Keys.Battle(vote[..slash]), $"erased:{vote[(slash + 1)..]}")
        : database.HashExistsAsync(Keys.Battle(vote), "erased");
}
