// When a lost connection is tried again. The client library also asks this about an attempt under way, and a yes aborts it: with a
// short fixed wait, a busy machine would abort every attempt and never connect.
using StackExchange.Redis;

namespace Majlis.Feedback.Store;

sealed class ReconnectBackoff : IReconnectRetryPolicy
{
    /// <summary>A quarter of a second after the first attempt began, then twice as long each time, up to four seconds.</summary>
    public bool ShouldRetry(long currentRetryCount, int timeElapsedMillisecondsSinceLastRetry) =>
        timeElapsedMillisecondsSinceLastRetry >= 250 << (int)Math.Min(currentRetryCount, 4);
}
