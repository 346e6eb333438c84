// The votes of a round, read and used up under one reader's name. Knows no store.
using Majlis.Feedback.Store;
using Majlis.Feedback.Votes;

namespace Majlis.Trainer.Rounds;

/// <param name="Reader">Name under which is kept how far the votes are used up.</param>
/// <param name="After">All votes after a number, in order.</param>
/// <param name="Newest">Number of the newest vote, erased or not.</param>
/// <param name="Position">How far the reader's earlier rounds came.</param>
/// <param name="Advance">Marks the votes up to a number as used up.</param>
/// <param name="Erased">Those of some votes, by their ids, that were erased.</param>
public sealed record VoteSource(string Reader, Func<long, Task<IReadOnlyList<StoredVote>>> After, Func<Task<long>> Newest,
    Func<Task<long>> Position, Func<long, Task> Advance, Func<IEnumerable<string>, Task<IReadOnlySet<string>>> Erased)
{
    public static VoteSource Of(VoteCursor cursor, VoterErasure erasure, string reader) => new(reader, after => ReadAsync(cursor, after),
        cursor.NewestAsync, () => cursor.PositionAsync(reader), number => cursor.AdvanceAsync(reader, number), erasure.ErasedAsync);

    static async Task<IReadOnlyList<StoredVote>> ReadAsync(VoteCursor cursor, long after)
    {
        var votes = new List<StoredVote>();
        await foreach (var vote in cursor.ReadAsync(after)) votes.Add(vote);
        return votes;
    }
}
