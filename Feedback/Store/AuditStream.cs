// An audit: records in the order of their time, appended and never changed. Knows nothing of what a record says.
using StackExchange.Redis;

namespace Majlis.Feedback.Store;

/// <param name="Json">The record as it was appended, UTF-8.</param>
public sealed record AuditEntry(string Id, ReadOnlyMemory<byte> Json);

/// <summary>Entries of the audit, and whether more follow.</summary>
public sealed record AuditPage(IReadOnlyList<AuditEntry> Entries, bool HasMore);

public sealed class AuditStream
{
    readonly RedisConnection connection;
    readonly RedisKey records, order;

    /// <summary>The audit of the catalogue's pointer.</summary>
    public AuditStream(RedisConnection connection) : this(connection, Keys.AuditRecords, Keys.AuditOrder) { }

    internal AuditStream(RedisConnection connection, RedisKey records, RedisKey order) =>
        (this.connection, this.records, this.order) = (connection, records, order);

    /// <summary>Appends a record durably; one with an id that is there already changes nothing.</summary>
    /// <exception cref="FeedbackUnavailableException">The store is away; the record may be kept all the same.</exception>
    public Task AppendAsync(string id, DateTimeOffset at, ReadOnlyMemory<byte> json) => connection.WriteAsync(Scripts.Audit,
        [records, order, Keys.Barrier], [id, at.ToUnixTimeMilliseconds(), json], insist: false);

    /// <summary>Up to <paramref name="limit"/> records, those after the one named.</summary>
    /// <param name="after">A record's id; null: from the beginning of the order.</param>
    /// <returns>Null where there is no record <paramref name="after"/>.</returns>
    /// <exception cref="FeedbackUnavailableException">The store is away.</exception>
    public async Task<AuditPage?> ReadAsync(int limit, string? after, bool newestFirst)
    {
        var direction = newestFirst ? Order.Descending : Order.Ascending;
        var start = 0L;
        if (after is not null)
        {
            var seen = await connection.ReadAsync(database => database.SortedSetRankAsync(order, after, direction));
            if (seen is not { } rank) return null;
            start = rank + 1;
        }
        // One more than asked for tells whether there are more.
        var ids = await connection.ReadAsync(database =>
            database.SortedSetRangeByRankAsync(order, start, start + limit, direction));
        var wanted = ids.Take(limit).ToArray();
        var said = await connection.ReadAsync(database => database.HashGetAsync(records, wanted));
        return new([.. wanted.Zip(said, (id, json) => new AuditEntry((string)id!, (byte[])json!))], ids.Length > limit);
    }
}
