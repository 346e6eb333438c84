// Requests a minute by client, for ASP.NET's rate limiter: counted in Redis where several servers share one, else here. While Redis is
// away each server counts for itself, and says so once. Writes OpenAI's x-ratelimit headers. Knows no key's secret.
using System.Globalization;
using System.Threading.RateLimiting;
using Majlis.Feedback.Store;
using Majlis.Server.Operations;

namespace Majlis.Server.Limits;

/// <param name="shared">Null where this server is alone.</param>
sealed class MinuteLimiter(ClientLimits limits, RequestMeter? shared, TimeProvider time, ILogger<MinuteLimiter> log)
    : PartitionedRateLimiter<HttpContext>
{
    // A store that answers late must not hold up every request.
    static readonly TimeSpan patience = TimeSpan.FromMilliseconds(300);
    static readonly TimeSpan pause = TimeSpan.FromSeconds(5);

    readonly LocalMeter local = new();
    // When the store was last found away; null while it answers.
    long? away;

    public override RateLimiterStatistics? GetStatistics(HttpContext resource) => null;

    // The library asks here first and, where it is refused, once more below, where there is time to ask the store.
    protected override RateLimitLease AttemptAcquireCore(HttpContext resource, int permitCount) =>
        Key(resource) is not { } key ? MinuteLease.Granted
        : IsShared ? MinuteLease.Refused(TimeSpan.Zero) : Answer(resource, key, local.Take(key));

    protected override async ValueTask<RateLimitLease> AcquireAsyncCore(
        HttpContext context, int permitCount, CancellationToken cancellationToken) =>
        Key(context) is not { } key ? MinuteLease.Granted : Answer(context, key, await TakeAsync(key, cancellationToken));

    RateKey? Key(HttpContext http) => limits.Of(http).RequestsPerMinute is { } most ? new(ClientLimits.Client(http), most) : null;

    bool IsShared => shared is not null && (away is not { } since || time.GetElapsedTime(since) >= pause);

    async Task<RequestAllowance> TakeAsync(RateKey key, CancellationToken cancellation)
    {
        if (!IsShared) return local.Take(key);
        try
        {
            var answer = await shared!.TakeAsync(key.Client, key.Most).WaitAsync(patience, time, cancellation);
            if (away is not null) log.CountsTogether();
            away = null;
            return answer;
        }
        catch (Exception failure) when (failure is FeedbackUnavailableException or TimeoutException)
        {
            if (away is null) log.CountsAlone(failure.Message);
            away = time.GetTimestamp();
            return local.Take(key);
        }
    }

    static MinuteLease Answer(HttpContext http, RateKey key, RequestAllowance answer)
    {
        var headers = http.Response.Headers;
        headers["x-ratelimit-limit-requests"] = key.Most.ToString(CultureInfo.InvariantCulture);
        headers["x-ratelimit-remaining-requests"] = answer.Remaining.ToString(CultureInfo.InvariantCulture);
        headers["x-ratelimit-reset-requests"] = Duration(answer.Reset);
        return answer.IsGranted ? MinuteLease.Granted : MinuteLease.Refused(answer.Retry);
    }

    /// <summary>As OpenAI writes durations: <c>20ms</c>, <c>8.64s</c>, <c>1m0s</c>.</summary>
    public static string Duration(TimeSpan span) => FormattableString.Invariant(
        span < TimeSpan.FromSeconds(1) ? (FormattableString)$"{Math.Ceiling(span.TotalMilliseconds)}ms"
        : span < TimeSpan.FromMinutes(1) ? (FormattableString)$"{span.TotalSeconds:0.###}s"
        : $"{(int)span.TotalMinutes}m{span.TotalSeconds % 60:0.###}s");

    protected override void Dispose(bool disposing)
    {
        if (disposing) local.Dispose();
        base.Dispose(disposing);
    }
}
