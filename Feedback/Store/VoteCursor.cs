// Reads votes in the order of their numbers and remembers how far a reader has come. Does not know what is made of them.
using System.Globalization;
using Majlis.Feedback.Votes;
using StackExchange.Redis;

namespace Majlis.Feedback.Store;

public sealed class VoteCursor(RedisConnection connection)
{
    const int Page = 64;

    /// <summary>
    /// All votes after a number, in order, as they stand when read; erased ones are skipped. A vote is given only once it is durable,
    /// so its number can never mean another vote.
    /// </summary>
    /// <exception cref="FeedbackUnavailableException">The store is away; go on from the last number seen.</exception>
    /// <exception cref="CorruptRecordException">A stored vote or battle cannot be read.</exception>
    public async IAsyncEnumerable<StoredVote> ReadAsync(long afterNumber)
    {
        while (true)
        {
            var last = afterNumber;
            var page = await connection.ReadAsync(database =>
                database.SortedSetRangeByScoreWithScoresAsync(Keys.Votes, last, exclude: Exclude.Start, take: Page));
            if (page.Length == 0) yield break;
            // What was just read may not be on the disk yet; once a later write is on the disk, so is it.
            await connection.WriteAsync(Scripts.Touch, [Keys.Barrier], [], insist: false);
            foreach (var entry in page)
            {
                afterNumber = (long)entry.Score;
                if (await VoteAsync((string)entry.Element!, afterNumber) is { } vote) yield return vote;
            }
        }
    }

    /// <summary>Number of the newest vote, 0 where there is none.</summary>
    public async Task<long> NewestAsync()
    {
        var newest = await connection.ReadAsync(database =>
            database.SortedSetRangeByRankWithScoresAsync(Keys.Votes, 0, 0, Order.Descending));
        return newest.Length == 0 ? 0 : (long)newest[0].Score;
    }

    /// <summary>How far the named reader has come; 0 at first.</summary>
    public async Task<long> PositionAsync(string reader) =>
        (long?)await connection.ReadAsync(database => database.StringGetAsync(Keys.Cursor(reader))) ?? 0;

    /// <summary>Durably moves a reader forward; a smaller number changes nothing. Gives where the reader stands.</summary>
    public async Task<long> AdvanceAsync(string reader, long number)
    {
        var stands = await connection.WriteAsync(Scripts.Advance, [Keys.Cursor(reader)], [number], insist: false);
        return long.Parse((string)stands!, CultureInfo.InvariantCulture);
    }

    async Task<StoredVote?> VoteAsync(string id, long number)
    {
        var (battle, slot) = id.IndexOf('/') is var slash and >= 0 ? (id[..slash], ":" + id[(slash + 1)..]) : (id, "");
        var fields = await connection.ReadAsync(database => database.HashGetAllAsync(Keys.Battle(battle)));
        return new BattleFields(battle, fields).Vote(number, slot);
    }
}
