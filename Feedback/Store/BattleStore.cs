// Keeps battles for a day, and battles with a vote for good. Knows neither HTTP nor training.
using System.Globalization;
using System.Text.Json;
using Majlis.Feedback.Votes;
using StackExchange.Redis;

namespace Majlis.Feedback.Store;

public sealed class BattleStore(RedisConnection connection, TimeProvider time)
{
    /// <summary>How long a battle waits for a vote.</summary>
    public static readonly TimeSpan Expiry = TimeSpan.FromDays(1);

    /// <summary>Stores a battle, durably where the store can.</summary>
    /// <exception cref="FeedbackUnavailableException">The store is away.</exception>
    /// <exception cref="ArgumentException">The id is empty, holds a slash, or is taken.</exception>
    public async Task OpenAsync(Battle battle)
    {
        if (!await TryOpenAsync(battle)) throw new ArgumentException($"A battle named '{battle.Id}' is there already.", nameof(battle));
    }

    /// <summary>The same; false where the id is taken.</summary>
    /// <exception cref="FeedbackUnavailableException">The store is away.</exception>
    /// <exception cref="ArgumentException">The id is empty or holds a slash.</exception>
    public async Task<bool> TryOpenAsync(Battle battle)
    {
        if (battle.Id.Length == 0 || battle.Id.Contains('/'))
            throw new ArgumentException($"'{battle.Id}' cannot name a battle.", nameof(battle));
        RedisValue[] values =
        [
            Milliseconds(Expiry), battle.Rater, battle.Id, battle.Opened.ToUnixTimeMilliseconds(),
            "head", JsonSerializer.SerializeToUtf8Bytes(BattleHead.Of(battle), FeedbackJson.Default.BattleHead),
            "rater", battle.Rater, "prompt", battle.PromptHash, "opened", battle.Opened.ToUnixTimeMilliseconds(),
            "a", PackedSide.Pack(battle.A), "b", PackedSide.Pack(battle.B),
        ];
        var opened = await connection.WriteAsync(Scripts.Open, [Keys.Battle(battle.Id), Keys.Waiting(battle.Rater)], values, insist: false);
        return (int)opened != 0;
    }

    /// <summary>The battle, or null where there is none, nobody voted in time, or it was erased.</summary>
    /// <exception cref="FeedbackUnavailableException">The store is away.</exception>
    /// <exception cref="CorruptRecordException">What is stored cannot be read.</exception>
    public async Task<Battle?> FindAsync(string id)
    {
        var fields = new BattleFields(id, await connection.ReadAsync(database => database.HashGetAllAsync(Keys.Battle(id))));
        return fields.Battle() is { } battle && (fields.Has("voted") || time.GetUtcNow() - battle.Opened <= Expiry) ? battle : null;
    }

    /// <summary>Stores a vote. Every outcome but <see cref="VoteOutcome.Unavailable"/> is durable; the first verdict is final.</summary>
    public async Task<VoteReceipt> VoteAsync(Vote vote)
    {
        var now = time.GetUtcNow();
        RedisKey[] keys =
        [
            Keys.Battle(vote.BattleId), Keys.Number, Keys.Votes, Keys.Voter(vote.Voter), Keys.Seen(vote.Voter), Keys.Rate(vote.Voter),
            Keys.Barrier,
        ];
        RedisValue[] values =
        [
            vote.BattleId, vote.Voter, vote.Verdict.ToString(),
            JsonSerializer.SerializeToUtf8Bytes(VoteRecord.Of(vote, now), FeedbackJson.Default.VoteRecord),
            now.ToUnixTimeMilliseconds(), Milliseconds(Expiry),
        ];
        try
        {
            var reply = (RedisResult[])(await connection.WriteAsync(Scripts.Vote, keys, values, insist: true))!;
            var number = long.Parse((string)reply[1]!, CultureInfo.InvariantCulture);
            return Receipt(Enum.Parse<VoteOutcome>((string)reply[0]!), number, vote.BattleId);
        }
        catch (FeedbackUnavailableException error)
        {
            return new VoteReceipt(VoteOutcome.Unavailable, null, error.Message);
        }
    }

    static VoteReceipt Receipt(VoteOutcome outcome, long number, string battle) => new(outcome, number == 0 ? null : number, outcome switch
    {
        VoteOutcome.Conflict => $"Battle '{battle}' has another verdict already, and the first is final.",
        VoteOutcome.UnknownBattle => $"No battle '{battle}' waits for a vote; battles nobody voted on are dropped after a day.",
        VoteOutcome.NotYours => $"Battle '{battle}' was opened by another rater.",
        _ => null,
    });

    static long Milliseconds(TimeSpan span) => (long)span.TotalMilliseconds;
}
