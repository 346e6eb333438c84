// A key's own limits, a feature of the request's HttpContext; absent where the key has none. Knows no limiter.
using Majlis.Feedback.Store.Access;

namespace Majlis.Server.Access;

/// <param name="RequestsPerMinute">Null: no limit of its own.</param>
/// <param name="Concurrent">Requests at the same time; null: no limit of its own.</param>
sealed record CallerLimits(int? RequestsPerMinute, int? Concurrent)
{
    public static void Set(HttpContext http, AccessKey key)
    {
        if (key.RequestsPerMinute is not null || key.Concurrent is not null)
            http.Features.Set(new CallerLimits(key.RequestsPerMinute, key.Concurrent));
    }
}
