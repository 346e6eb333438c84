// Keeps replies that clients ask to keep, with what they answer: for a number of days, and of each owner the newest. A reply that is lost
// with the store is no vote lost, so keeping one waits for no disk; deleting does. Knows nothing of what a reply says.
using System.Globalization;
using StackExchange.Redis;

namespace Majlis.Feedback.Store.Replies;

public sealed class ReplyStore(RedisConnection connection, TimeProvider time)
{
    /// <summary>Replies of one kind that an owner may have; one more deletes the oldest.</summary>
    public const int Most = 10_000;

    const int Page = 64;

    /// <summary>How long replies are kept; zero: none is.</summary>
    public TimeSpan Life { get; init; } = TimeSpan.FromDays(30);

    public bool Keeps => Life > TimeSpan.Zero;

    /// <summary>Keeps a reply, or replaces the one of the same id.</summary>
    /// <exception cref="FeedbackUnavailableException">The store is away or full.</exception>
    public async Task KeepAsync(KeptReply kept)
    {
        var over = (RedisResult[])(await connection.PutAsync(ReplyScripts.Keep,
            [Keys.Reply(kept.Kind, kept.Id), Keys.Replies(kept.Kind, kept.Owner)],
            [
                kept.Owner, kept.Id, kept.Created.ToUnixTimeMilliseconds(), (long)Life.TotalMilliseconds, Most, kept.Reply, kept.Input,
                kept.Side,
            ]))!;
        foreach (var oldest in over) await DeleteAsync(kept.Kind, kept.Owner, (string)oldest!);
    }

    /// <summary>The owner's reply, or null where there is none.</summary>
    /// <exception cref="FeedbackUnavailableException">The store is away.</exception>
    public async Task<KeptReply?> FindAsync(string kind, string owner, string id)
    {
        var found = Of(kind, id, await connection.ReadAsync(database => database.HashGetAllAsync(Keys.Reply(kind, id))));
        return found?.Owner == owner && time.GetUtcNow() - found.Created < Life ? found : null;
    }

    /// <summary>Writes a changed reply in the place of the one that was read; false where that one is gone or another by now.</summary>
    /// <exception cref="FeedbackUnavailableException">The store is away.</exception>
    public async Task<bool> ChangeAsync(KeptReply read, ReadOnlyMemory<byte> reply) => (int)await connection.PutAsync(ReplyScripts.Change,
        [Keys.Reply(read.Kind, read.Id)], [read.Owner, read.Reply, reply]) == 1;

    /// <summary>Deletes durably; false where there is none of the owner's.</summary>
    /// <exception cref="FeedbackUnavailableException">The store is away; it may be deleted all the same.</exception>
    public async Task<bool> DeleteAsync(string kind, string owner, string id) => (int)await connection.WriteAsync(ReplyScripts.Delete,
        [Keys.Reply(kind, id), Keys.Replies(kind, owner)], [owner, id], insist: false) == 1;

    /// <summary>
    /// The owner's replies that <paramref name="wanted"/> takes, up to <paramref name="limit"/>, those after the one named.
    /// </summary>
    /// <param name="after">A reply's id; null: from the beginning of the order.</param>
    /// <returns>The replies, and whether more follow; null where there is no reply <paramref name="after"/>.</returns>
    /// <exception cref="FeedbackUnavailableException">The store is away.</exception>
    public async Task<(IReadOnlyList<KeptReply> Replies, bool HasMore)?> ListAsync(string kind, string owner, int limit, string? after,
        bool newestFirst, Func<KeptReply, bool> wanted)
    {
        var (list, direction, start) = (Keys.Replies(kind, owner), newestFirst ? Order.Descending : Order.Ascending, 0L);
        if (after is not null)
        {
            if (await connection.ReadAsync(database => database.SortedSetRankAsync(list, after, direction)) is not { } rank) return null;
            start = rank + 1;
        }
        var found = new List<KeptReply>();
        // One more than asked for tells whether there are more.
        while (found.Count <= limit)
        {
            var from = start;
            var ids = await connection.ReadAsync(database =>
                database.SortedSetRangeByRankAsync(list, from, from + Page - 1, direction));
            if (ids.Length == 0) break;
            start += ids.Length;
            var replies = await Task.WhenAll(ids.Select(id => FindAsync(kind, owner, (string)id!)));
            found.AddRange(replies.OfType<KeptReply>().Where(wanted));
        }
        return (found.Take(limit).ToList(), found.Count > limit);
    }

    /// <summary>Whether the owner has any.</summary>
    /// <exception cref="FeedbackUnavailableException">The store is away.</exception>
    public async Task<bool> HasAnyAsync(string owner)
    {
        var counts = await Task.WhenAll(ReplyKind.All.Select(kind =>
            connection.ReadAsync(database => database.SortedSetLengthAsync(Keys.Replies(kind, owner)))));
        return counts.Sum() > 0;
    }

    /// <summary>Erases all replies of an owner durably; gives how many there were. May be repeated after a failure.</summary>
    /// <exception cref="FeedbackUnavailableException">The store is away; some may be erased already.</exception>
    public async Task<int> EraseAsync(string owner)
    {
        var count = 0;
        foreach (var kind in ReplyKind.All)
            foreach (var id in await connection.ReadAsync(database => database.SortedSetRangeByRankAsync(Keys.Replies(kind, owner))))
                if (await DeleteAsync(kind, owner, (string)id!)) count++;
        return count;
    }

    static KeptReply? Of(string kind, string id, HashEntry[] fields)
    {
        if (fields.Length == 0) return null;
        var values = fields.ToDictionary(field => (string)field.Name!, field => field.Value);
        if (!values.TryGetValue("created", out var created) || !values.TryGetValue("reply", out var reply)
            || !long.TryParse((string?)created, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds))
            throw new CorruptRecordException($"of the kept reply '{id}'", "owner, created, reply and input were expected");
        return new(id, kind, (string)values["owner"]!, DateTimeOffset.FromUnixTimeMilliseconds(milliseconds), (byte[])reply!,
            (byte[])values["input"]!)
        {
            Side = (byte[]?)values.GetValueOrDefault("side") ?? [],
        };
    }
}
