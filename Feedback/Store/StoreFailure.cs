// Which errors mean "the store is away or cannot write just now", as against a fault of ours. Knows StackExchange.Redis's errors.
using StackExchange.Redis;

namespace Majlis.Feedback.Store;

static class StoreFailure
{
    // First words of a server's refusals that pass: it loads its file, its disk is full, it became a replica, it wants a password;
    // and WAITAOF where somebody has just switched the append-only file off.
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
