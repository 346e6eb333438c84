// When a lost connection is tried again. The client library asks the same question of an attempt that is under way, and gives it up
// at a yes: with a short wait alone, a busy machine would break off every attempt and never connect.
using StackExchange.Redis;

namespace Majlis.Feedback.Store;

sealed class ReconnectBackoff : IReconnectRetryPolicy
{
    /// <summary>A quarter of a second after the first attempt began, then twice as long after each, up to four seconds.</summary>
    public bool ShouldRetry(long currentRetryCount, int timeElapsedMillisecondsSinceLastRetry) =>
        timeElapsedMillisecondsSinceLastRetry >= 250 << (int)Math.Min(currentRetryCount, 4);
}
