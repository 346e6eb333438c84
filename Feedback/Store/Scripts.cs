// Scripts that change several keys as one step. They decide inside on what they read, so no two voters can both be first.
// They know nothing of durability: the connection waits for it afterwards.
namespace Majlis.Feedback.Store;

static class Scripts
{
    /// <summary>
    /// KEYS battle, voter's waiting battles. ARGV expiry ms, rater, id, opened ms, then fields and values. Gives 1, or 0 where the id is
    /// taken. A waiting battle is listed for twice its life, since the server's clock and the store's may differ.
    /// </summary>
    public const string Open = """
        if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
        if ARGV[2] ~= '*' then
            local listed = 2 * tonumber(ARGV[1])
            redis.call('ZADD', KEYS[2], ARGV[4], ARGV[3])
            redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', string.format('%d', tonumber(ARGV[4]) - listed))
            redis.call('PEXPIRE', KEYS[2], string.format('%d', listed))
        end
        for i = 5, #ARGV, 2 do redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1]) end
        redis.call('PEXPIRE', KEYS[1], ARGV[1])
        return 1
        """;

    /// <summary>
    /// KEYS battle, number, votes, voter's set, seen prompts, rate, barrier. ARGV battle id, voter, verdict, vote JSON, now ms, expiry ms.
    /// Gives outcome and number. A second vote repairs what a crash between two writes of the first may have lost: Redis logs a script
    /// as one piece, Garnet logs each write by itself. A vote without a place gets a new number, since readers may have passed the old
    /// one. The barrier is written, since waiting on a connection that wrote nothing proves nothing.
    /// </summary>
    public const string Vote = """
        local rater = redis.call('HGET', KEYS[1], 'rater')
        if not rater then return {'UnknownBattle', '0'} end
        local slot, id = '', ARGV[1]
        if rater == '*' then slot = ':' .. ARGV[2]; id = id .. '/' .. ARGV[2]
        elseif rater ~= ARGV[2] then return {'NotYours', '0'} end
        if redis.call('HEXISTS', KEYS[1], 'erased' .. slot) == 1 then return {'UnknownBattle', '0'} end
        local said = redis.call('HGET', KEYS[1], 'verdict' .. slot)
        if said then
            local number = redis.call('HGET', KEYS[1], 'number' .. slot)
            redis.call('SADD', KEYS[4], ARGV[1])
            redis.call('PERSIST', KEYS[1])
            if not redis.call('ZSCORE', KEYS[3], id) then
                number = string.format('%d', redis.call('INCR', KEYS[2]))
                redis.call('HSET', KEYS[1], 'number' .. slot, number)
                redis.call('ZADD', KEYS[3], number, id)
            end
            redis.call('INCR', KEYS[7])
            if said == ARGV[3] then return {'Repeated', number} end
            return {'Conflict', number}
        end
        local opened = tonumber(redis.call('HGET', KEYS[1], 'opened'))
        if redis.call('HEXISTS', KEYS[1], 'voted') == 0 and tonumber(ARGV[5]) - opened > tonumber(ARGV[6]) then
            return {'UnknownBattle', '0'}
        end
        local prompt = redis.call('HGET', KEYS[1], 'prompt')
        local duplicate = 1 - redis.call('SADD', KEYS[5], prompt)
        local rate = redis.call('INCR', KEYS[6])
        if redis.call('TTL', KEYS[6]) < 0 then redis.call('EXPIRE', KEYS[6], 60) end
        redis.call('SADD', KEYS[4], ARGV[1])
        local number = string.format('%d', redis.call('INCR', KEYS[2]))
        redis.call('HSET', KEYS[1], 'voted', '1', 'verdict' .. slot, ARGV[3], 'number' .. slot, number, 'vote' .. slot, ARGV[4],
            'rate' .. slot, string.format('%d', rate), 'duplicate' .. slot, string.format('%d', duplicate))
        redis.call('PERSIST', KEYS[1])
        redis.call('ZADD', KEYS[3], number, id)
        return {'Stored', number}
        """;

    /// <summary>
    /// KEYS battle, voter's set, voter's waiting battles. ARGV voter, now ms, battle id. Erases the whole battle where it is the voter's
    /// own, else only the voter's vote; its number stays, beside the time of erasure. The battle leaves the voter's lists last, so that
    /// it is found again after a crash. Gives 3 where only the vote was erased, 2 where a battle
    /// with its vote, 1 where one without, else 0.
    /// </summary>
    public const string Erase = """
        local erased, slot = 0, ':' .. ARGV[1]
        local rater = redis.call('HGET', KEYS[1], 'rater')
        if rater == ARGV[1] then
            local number = redis.call('HGET', KEYS[1], 'number')
            redis.call('DEL', KEYS[1])
            erased = 1
            if number then
                redis.call('HSET', KEYS[1], 'rater', 'erased', 'erased', ARGV[2], 'number', number)
                erased = 2
            end
        elseif rater == '*' and redis.call('HEXISTS', KEYS[1], 'vote' .. slot) == 1 then
            redis.call('HSET', KEYS[1], 'erased' .. slot, ARGV[2])
            redis.call('HDEL', KEYS[1], 'vote' .. slot, 'verdict' .. slot, 'rate' .. slot, 'duplicate' .. slot)
            erased = 3
        end
        redis.call('SREM', KEYS[2], ARGV[3])
        redis.call('ZREM', KEYS[3], ARGV[3])
        return erased
        """;

    /// <summary>KEYS voter's seen prompts, voter's rate. Deletes both.</summary>
    public const string Forget = """
        for i = 1, #KEYS do redis.call('DEL', KEYS[i]) end
        return 1
        """;

    /// <summary>KEYS cursor. ARGV number. Moves the cursor forward, never back; gives where it stands.</summary>
    public const string Advance = """
        local stands = tonumber(redis.call('GET', KEYS[1]) or '0')
        if tonumber(ARGV[1]) <= stands then return string.format('%d', stands) end
        redis.call('SET', KEYS[1], ARGV[1])
        return ARGV[1]
        """;

    /// <summary>
    /// KEYS records, order, barrier. ARGV id, ms, record. A record that is there stays as it is. The barrier is written, since waiting on
    /// a connection that wrote nothing proves nothing.
    /// </summary>
    public const string Audit = """
        redis.call('HSETNX', KEYS[1], ARGV[1], ARGV[3])
        redis.call('ZADD', KEYS[2], ARGV[2], ARGV[1])
        redis.call('INCR', KEYS[3])
        return 1
        """;

    /// <summary>
    /// KEYS meter. ARGV requests a minute. A token bucket kept as one time, when it will be full again (the generic cell rate algorithm,
    /// https://en.wikipedia.org/wiki/Generic_cell_rate_algorithm), by the store's clock, which all servers share. Gives 1 or 0, requests
    /// left, ms until all are back, ms until the next.
    /// </summary>
    public const string Meter = """
        local clock = redis.call('TIME')
        local now = tonumber(clock[1]) * 1000 + tonumber(clock[2]) / 1000
        local most, minute = tonumber(ARGV[1]), 60000
        local each = minute / most
        local full = math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), now)
        local granted, wait = 1, full + each - now - minute
        if wait > 0.001 then granted = 0
        else
            full, wait = full + each, 0
            redis.call('SET', KEYS[1], string.format('%.3f', full), 'PX', string.format('%d', math.ceil(full - now)))
        end
        local left = math.max(0, math.floor((minute - (full - now)) / each + 0.001))
        return {granted, left, string.format('%.3f', full - now), string.format('%.3f', wait)}
        """;

    /// <summary>KEYS barrier. A write to wait for.</summary>
    public const string Touch = "return redis.call('INCR', KEYS[1])";
}
