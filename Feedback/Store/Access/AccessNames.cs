// Names of the keys in Redis that hold access: with the hash tag of all others, so that one script may touch several.
using StackExchange.Redis;

namespace Majlis.Feedback.Store.Access;

static class AccessNames
{
    const string Prefix = "{majlis}:access:";

    /// <summary>32 bytes: <see cref="AccessSecret"/>.</summary>
    public static RedisKey Secret => $"{Prefix}secret";

    /// <summary>Counter: rises with every change of a key or invitation.</summary>
    public static RedisKey Version => $"{Prefix}version";

    /// <summary>Hash: id to JSON of every key and invitation there ever was.</summary>
    public static RedisKey Keys => $"{Prefix}keys";

    /// <summary>Hash: name to id of those that are not revoked.</summary>
    public static RedisKey Names => $"{Prefix}names";

    /// <summary>Hash: id to the time (ms) of its revocation.</summary>
    public static RedisKey Revoked => $"{Prefix}revoked";

    /// <summary>Hash: an invitation's id to the number of sessions it has opened.</summary>
    public static RedisKey Used => $"{Prefix}used";

    /// <summary>Hash: audit records (JSON) of changes of keys, by id.</summary>
    public static RedisKey AuditRecords => $"{Prefix}audit";

    /// <summary>Sorted set: ids of those records by time (ms).</summary>
    public static RedisKey AuditOrder => $"{Prefix}audit:order";

    /// <summary>JSON of a session; it expires with the session.</summary>
    public static RedisKey Session(string id) => $"{Prefix}session:{id}";

    /// <summary>Sorted set: ids of a voter's sessions by the time (ms) of their opening.</summary>
    public static RedisKey Sessions(string voter) => $"{Prefix}sessions:{voter}";
}
