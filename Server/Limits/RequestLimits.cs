// ASP.NET's rate limiter with our limits: requests a minute and requests at a time, by key. A refusal is 429 in OpenAI's shape and says
// when to come again. Knows no endpoint.
using System.Threading.RateLimiting;
using Majlis.Feedback.Store;
using Majlis.Server.Access;
using Majlis.Server.Wire;
using Microsoft.AspNetCore.RateLimiting;

namespace Majlis.Server.Limits;

static class RequestLimits
{
    public static void AddRequestLimits(this IServiceCollection services, ServerOptions options)
    {
        services.AddSingleton(_ => new ClientLimits(new(Limit(options.RequestsPerMinute), Limit(options.Concurrent))));
        services.AddSingleton(given => new MinuteLimiter(given.GetRequiredService<ClientLimits>(),
            options.Redis is null ? null : new RequestMeter(given.GetRequiredService<RedisConnection>()),
            given.GetRequiredService<TimeProvider>(), given.GetRequiredService<ILogger<MinuteLimiter>>()));
        services.AddRateLimiter(_ => { });
    }

    public static void UseRequestLimits(this WebApplication app)
    {
        var limits = app.Services.GetRequiredService<ClientLimits>();
        // The library tries all and gives back what it took where a later one refuses; only the places of the first can be given back.
        app.UseRateLimiter(new RateLimiterOptions
        {
            GlobalLimiter = PartitionedRateLimiter.CreateChained(
                AtATime(limits), app.Services.GetRequiredService<MinuteLimiter>()),
            OnRejected = (rejected, _) => new(ErrorReply.WriteAsync(rejected.HttpContext, Refusal(rejected, limits))),
        });
    }

    static int? Limit(int option) => option > 0 ? option : null;

    static PartitionedRateLimiter<HttpContext> AtATime(ClientLimits limits) =>
        PartitionedRateLimiter.Create<HttpContext, RateKey>(http => limits.Of(http).Concurrent is { } most
            ? RateLimitPartition.GetConcurrencyLimiter(new RateKey(ClientLimits.Client(http), most),
                key => new ConcurrencyLimiterOptions { PermitLimit = key.Most, QueueLimit = 0 })
            : RateLimitPartition.GetNoLimiter(default(RateKey)));

    static ApiError Refusal(OnRejectedContext rejected, ClientLimits limits)
    {
        var own = limits.Of(rejected.HttpContext);
        return rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var after)
            ? ApiError.TooManyRequests(own.RequestsPerMinute ?? 0, Math.Max(1, (int)Math.Ceiling(after.TotalSeconds)))
            : ApiError.TooManyAtATime(own.Concurrent ?? 0);
    }
}
