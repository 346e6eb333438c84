// Which errors mean "the store is away or cannot write just now", not a fault of ours. Knows StackExchange.Redis's errors.
using StackExchange.Redis;

namespace Majlis.Feedback.Store;

static class StoreFailure
{
    // First words of refusals that pass: the server loads its file, its disk is full, it became a replica, it wants a password, or
    // somebody has just switched off the append-only file that WAITAOF needs.
    static readonly string[] passing =
    [
        "LOADING", "MISCONF", "OOM", "READONLY", "MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN", "NOAUTH", "WRONGPASS", "BUSY", "WAITAOF",
    ];

    public static bool Is(Exception error) => error switch
    {
        RedisConnectionException or RedisTimeoutException or TimeoutException or ObjectDisposedException => true,
        RedisServerException server => passing.Any(word => server.Message.Contains(word, StringComparison.Ordinal)),
        _ => false,
    };
}
