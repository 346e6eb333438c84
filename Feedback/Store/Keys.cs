// Names of all keys in Redis. They share one hash tag, so that one script may touch them together, on a cluster too.
using StackExchange.Redis;

namespace Majlis.Feedback.Store;

static class Keys
{
    const string Prefix = "{majlis}:";

    /// <summary>Hash: head (JSON), rater, opened (ms), a and b (packed), and per vote, with ":voter" where several may vote:
    /// verdict, voter, number, rate, duplicate, vote (JSON). After an erasure: erased (ms) and number only.</summary>
    public static RedisKey Battle(string id) => $"{Prefix}battle:{id}";

    /// <summary>Sorted set: vote ids by number, in which the trainer reads them.</summary>
    public static RedisKey Votes => $"{Prefix}votes";

    /// <summary>Counter: the number of the last vote.</summary>
    public static RedisKey Number => $"{Prefix}votes:number";

    /// <summary>Set: ids of the battles a voter voted on.</summary>
    public static RedisKey Voter(string voter) => $"{Prefix}voter:{voter}";

    /// <summary>Sorted set: ids of the battles a voter may vote on, by opening time (ms); expired ones are dropped.</summary>
    public static RedisKey Waiting(string voter) => $"{Prefix}waiting:{voter}";

    /// <summary>Set: hashes of the prompts a voter has voted on.</summary>
    public static RedisKey Seen(string voter) => $"{Prefix}seen:{voter}";

    /// <summary>Counter that lives a minute: a voter's votes.</summary>
    public static RedisKey Rate(string voter) => $"{Prefix}rate:{voter}";

    /// <summary>Number: how far a named reader has come.</summary>
    public static RedisKey Cursor(string reader) => $"{Prefix}cursor:{reader}";

    /// <summary>Number that lives a minute at most: when a client's requests will all be there again (ms of the store's clock).</summary>
    public static RedisKey Meter(string client) => $"{Prefix}meter:{client}";

    /// <summary>Hash: audit records (JSON) of the catalogue's pointer, by id.</summary>
    public static RedisKey AuditRecords => $"{Prefix}audit";

    /// <summary>Sorted set: ids of those records by time (ms).</summary>
    public static RedisKey AuditOrder => $"{Prefix}audit:order";

    /// <summary>Hash: a kept reply: owner, created (ms), reply and input (JSON). It expires.</summary>
    public static RedisKey Reply(string kind, string id) => $"{Prefix}reply:{kind}:{id}";

    /// <summary>Sorted set: ids of an owner's kept replies by time (ms).</summary>
    public static RedisKey Replies(string kind, string owner) => $"{Prefix}replies:{kind}:{owner}";

    /// <summary>Lives as long as a server says that it generates this reply.</summary>
    public static RedisKey Running(string id) => $"{Prefix}running:{id}";

    /// <summary>Written only so that waiting for it means waiting for every write before it.</summary>
    public static RedisKey Barrier => $"{Prefix}barrier";
}
