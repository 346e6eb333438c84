// A client's requests a minute, counted in this process by the library's token bucket. Knows no store.
using System.Threading.RateLimiting;
using Majlis.Feedback.Store;

namespace Majlis.Server.Limits;

sealed class LocalMeter : IDisposable
{
    static readonly TimeSpan minute = TimeSpan.FromMinutes(1);

    readonly PartitionedRateLimiter<RateKey> buckets = PartitionedRateLimiter.Create<RateKey, RateKey>(key =>
        RateLimitPartition.GetTokenBucketLimiter(key, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = key.Most,
            TokensPerPeriod = 1,
            ReplenishmentPeriod = minute / key.Most,
            QueueLimit = 0,
        }));

    /// <summary>Takes one of the client's requests.</summary>
    public RequestAllowance Take(RateKey key)
    {
        using var lease = buckets.AttemptAcquire(key);
        var left = (int)(buckets.GetStatistics(key)?.CurrentAvailablePermits ?? 0);
        var retry = lease.IsAcquired ? TimeSpan.Zero
            : lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : minute / key.Most;
        return new(lease.IsAcquired, left, (key.Most - left) * (minute / key.Most), retry);
    }

    public void Dispose() => buckets.Dispose();
}

/// <param name="Client">Whose requests.</param>
/// <param name="Most">How many: changed limits begin a new count.</param>
readonly record struct RateKey(string Client, int Most);
