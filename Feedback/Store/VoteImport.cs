// Stores votes with their battles as they once were stored elsewhere: same ids, verdicts, times and marks, and new numbers in the order in
// which they come. Knows no file.
using System.Globalization;
using System.Text.Json;
using Majlis.Feedback.Votes;
using StackExchange.Redis;

namespace Majlis.Feedback.Store;

public sealed class VoteImport(RedisConnection connection)
{
    /// <summary>
    /// KEYS battle, number, votes, voter's set, seen prompts, barrier. ARGV battle id, slot, voter, vote id, verdict, vote JSON, rate,
    /// duplicate, head, rater, prompt hash, opened, a, b. Gives 1, or 0 where the vote is there or was erased. A battle that is there
    /// stays.
    /// </summary>
    const string Script = """
        local slot = ARGV[2]
        if redis.call('HEXISTS', KEYS[1], 'verdict' .. slot) == 1 or redis.call('HEXISTS', KEYS[1], 'erased') == 1
            or redis.call('HEXISTS', KEYS[1], 'erased' .. slot) == 1 then return 0 end
        if redis.call('EXISTS', KEYS[1]) == 0 then
            redis.call('HSET', KEYS[1], 'head', ARGV[9], 'rater', ARGV[10], 'prompt', ARGV[11], 'opened', ARGV[12],
                'a', ARGV[13], 'b', ARGV[14])
        end
        local number = string.format('%d', redis.call('INCR', KEYS[2]))
        redis.call('SADD', KEYS[4], ARGV[1])
        redis.call('SADD', KEYS[5], ARGV[11])
        redis.call('HSET', KEYS[1], 'voted', '1', 'verdict' .. slot, ARGV[5], 'number' .. slot, number, 'vote' .. slot, ARGV[6],
            'rate' .. slot, ARGV[7], 'duplicate' .. slot, ARGV[8])
        redis.call('PERSIST', KEYS[1])
        redis.call('ZADD', KEYS[3], number, ARGV[4])
        redis.call('INCR', KEYS[6])
        return 1
        """;

    /// <summary>Stores one vote durably; false where it is there, or was erased.</summary>
    /// <exception cref="FeedbackUnavailableException">The store is away; importing again goes on.</exception>
    public async Task<bool> AddAsync(StoredVote stored)
    {
        var (battle, vote) = (stored.Battle, stored.Vote);
        RedisKey[] keys =
        [
            Keys.Battle(battle.Id), Keys.Number, Keys.Votes, Keys.Voter(vote.Voter), Keys.Seen(vote.Voter), Keys.Barrier,
        ];
        RedisValue[] values =
        [
            battle.Id, battle.Rater == Battle.Anyone ? $":{vote.Voter}" : "", vote.Voter, stored.Id, vote.Verdict.ToString(),
            JsonSerializer.SerializeToUtf8Bytes(VoteRecord.Of(vote, stored.At), FeedbackJson.Default.VoteRecord),
            stored.Marks.VotesThisMinute.ToString(CultureInfo.InvariantCulture), stored.Marks.DuplicatePrompt ? "1" : "0",
            JsonSerializer.SerializeToUtf8Bytes(BattleHead.Of(battle), FeedbackJson.Default.BattleHead), battle.Rater, battle.PromptHash,
            battle.Opened.ToUnixTimeMilliseconds(), PackedSide.Pack(battle.A), PackedSide.Pack(battle.B),
        ];
        return (int)await connection.WriteAsync(Script, keys, values, insist: true) == 1;
    }
}
