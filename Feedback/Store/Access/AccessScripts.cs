// Scripts that change several keys of access as one step. What grants comes last and what withdraws comes first, since Garnet logs each
// write by itself.
namespace Majlis.Feedback.Store.Access;

static class AccessScripts
{
    /// <summary>KEYS secret. ARGV 32 random bytes. Gives the secret; the first writer's stays.</summary>
    public const string Secret = """
        if redis.call('EXISTS', KEYS[1]) == 0 then redis.call('SET', KEYS[1], ARGV[1]) end
        return redis.call('GET', KEYS[1])
        """;

    /// <summary>
    /// KEYS names, keys, version, audit records, their order. ARGV name, id, JSON, record's id, ms, record. Gives 1, or 0 where the name is
    /// taken.
    /// </summary>
    public const string Add = """
        if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 1 then return 0 end
        redis.call('HSETNX', KEYS[4], ARGV[4], ARGV[6])
        redis.call('ZADD', KEYS[5], ARGV[5], ARGV[4])
        redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
        redis.call('HSET', KEYS[2], ARGV[2], ARGV[3])
        redis.call('INCR', KEYS[3])
        return 1
        """;

    /// <summary>
    /// KEYS names, revoked, version, audit records, their order. ARGV name, id, now ms, record's id, record. Gives 1, or 0 where the name
    /// is not this id's any more. The name goes last: as long as it is there, the command can be repeated.
    /// </summary>
    public const string Revoke = """
        if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
        redis.call('HSET', KEYS[2], ARGV[2], ARGV[3])
        redis.call('INCR', KEYS[3])
        redis.call('HSETNX', KEYS[4], ARGV[4], ARGV[5])
        redis.call('ZADD', KEYS[5], ARGV[3], ARGV[4])
        redis.call('HDEL', KEYS[1], ARGV[1])
        return 1
        """;

    /// <summary>KEYS revoked, used, version. ARGV id, uses in all. Gives 1, or 0 where no use is left.</summary>
    public const string Use = """
        if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 1 then return 0 end
        if tonumber(redis.call('HGET', KEYS[2], ARGV[1]) or '0') >= tonumber(ARGV[2]) then return 0 end
        redis.call('HINCRBY', KEYS[2], ARGV[1], 1)
        redis.call('INCR', KEYS[3])
        return 1
        """;

    /// <summary>
    /// KEYS session, voter's sessions. ARGV id, JSON, now ms, life ms, most sessions. Gives the ids of those that are one too many.
    /// </summary>
    public const string OpenSession = """
        redis.call('ZADD', KEYS[2], ARGV[3], ARGV[1])
        redis.call('PEXPIRE', KEYS[2], string.format('%d', 2 * tonumber(ARGV[4])))
        redis.call('SET', KEYS[1], ARGV[2])
        redis.call('PEXPIRE', KEYS[1], ARGV[4])
        local over = redis.call('ZCARD', KEYS[2]) - tonumber(ARGV[5])
        if over <= 0 then return {} end
        return redis.call('ZRANGE', KEYS[2], 0, over - 1)
        """;

    /// <summary>KEYS session, voter's sessions. ARGV id.</summary>
    public const string CloseSession = """
        redis.call('DEL', KEYS[1])
        redis.call('ZREM', KEYS[2], ARGV[1])
        return 1
        """;
}
