// Scripts that change a kept reply and its place in its owner's list as one step. They know nothing of what a reply says.
namespace Majlis.Feedback.Store.Replies;

static class ReplyScripts
{
    /// <summary>
    /// KEYS reply, owner's list. ARGV owner, id, created ms, life ms, most, reply, input, side. Keeps or replaces; gives the ids of those
    /// that are one too many, the oldest first, which the caller deletes. What has expired leaves the list.
    /// </summary>
    public const string Keep = """
        redis.call('HSET', KEYS[1], 'owner', ARGV[1], 'created', ARGV[3], 'reply', ARGV[6], 'input', ARGV[7], 'side', ARGV[8])
        redis.call('PEXPIRE', KEYS[1], ARGV[4])
        redis.call('ZADD', KEYS[2], ARGV[3], ARGV[2])
        redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', string.format('%d', tonumber(ARGV[3]) - tonumber(ARGV[4])))
        redis.call('PEXPIRE', KEYS[2], ARGV[4])
        local over = redis.call('ZCARD', KEYS[2]) - tonumber(ARGV[5])
        if over < 1 then return {} end
        return redis.call('ZRANGE', KEYS[2], 0, over - 1)
        """;

    /// <summary>
    /// KEYS reply. ARGV owner, the reply as it was read, the new one. Gives 1; 0 where it is not the owner's or is another by now.
    /// </summary>
    public const string Change = """
        if redis.call('HGET', KEYS[1], 'owner') ~= ARGV[1] or redis.call('HGET', KEYS[1], 'reply') ~= ARGV[2] then return 0 end
        redis.call('HSET', KEYS[1], 'reply', ARGV[3])
        return 1
        """;

    /// <summary>KEYS reply, owner's list. ARGV owner, id. Gives 1 where it was there.</summary>
    public const string Delete = """
        redis.call('ZREM', KEYS[2], ARGV[2])
        if redis.call('HGET', KEYS[1], 'owner') ~= ARGV[1] then return 0 end
        redis.call('DEL', KEYS[1])
        return 1
        """;
}
