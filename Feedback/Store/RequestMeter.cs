// How many requests a client has left in its minute, counted in Redis for all servers together. The count need not survive anything, so
// nothing waits for the disk. Knows no key and no HTTP.
using System.Globalization;
using StackExchange.Redis;

namespace Majlis.Feedback.Store;

/// <summary>The answer to one request of a client.</summary>
/// <param name="IsGranted">Whether it may be made now; it is counted only then.</param>
/// <param name="Remaining">Further ones that may be made now.</param>
/// <param name="Reset">When all of the minute's are there again.</param>
/// <param name="Retry">When the next may be made; zero where it may be now.</param>
public readonly record struct RequestAllowance(bool IsGranted, int Remaining, TimeSpan Reset, TimeSpan Retry);

public sealed class RequestMeter(RedisConnection connection)
{
    /// <summary>Takes one of the client's requests.</summary>
    /// <param name="perMinute">How many it may make in a minute, at once or spread over it; they come back one by one.</param>
    /// <exception cref="FeedbackUnavailableException">The store is away.</exception>
    public async Task<RequestAllowance> TakeAsync(string client, int perMinute)
    {
        var reply = (RedisResult[])(await connection.ReadAsync(database => database.ScriptEvaluateAsync(
            Scripts.Meter, [Keys.Meter(client)], [perMinute], CommandFlags.NoScriptCache)))!;
        return new((int)reply[0] == 1, (int)reply[1], Time(reply[2]), Time(reply[3]));
    }

    static TimeSpan Time(RedisResult milliseconds) =>
        TimeSpan.FromMilliseconds(double.Parse((string)milliseconds!, CultureInfo.InvariantCulture));
}
