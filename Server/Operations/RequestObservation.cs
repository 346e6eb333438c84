// Wraps every request, outermost: its record begins here and goes to metrics, traces and log when the reply has ended. Knows no endpoint.
using System.Security.Claims;
using Majlis.Server.Access;

namespace Majlis.Server.Operations;

static class RequestObservation
{
    /// <summary>nginx's status of a request whose client left before the reply began.</summary>
    const int ClientLeft = 499;

    static readonly string[] roles = [Roles.Admin, Roles.Rater, Roles.Inference];

    public static void UseObservation(this WebApplication app)
    {
        var time = app.Services.GetRequiredService<TimeProvider>();
        var metrics = app.Services.GetRequiredService<ServerMetrics>();
        var telemetry = app.Services.GetRequiredService<GenAiTelemetry>();
        var log = app.Services.GetRequiredService<RequestLog>();
        EngineMetrics.Register(metrics.Registry, app.Services);
        app.Use(async (http, next) =>
        {
            var record = new RequestRecord(time.GetTimestamp());
            http.Features.Set(record);
            try
            {
                await next(http);
            }
            finally
            {
                var took = time.GetElapsedTime(record.Arrived);
                metrics.Answered(PathOf(http), StatusOf(http), RoleOf(http), took);
                if (record.IsBroken) metrics.BrokeOff();
                telemetry.Ended(record, http, took);
                log.Ended(record, http, took);
            }
        });
    }

    /// <summary>The template of the request's path: what clients write into paths has no bounds.</summary>
    public static string PathOf(HttpContext http) => (http.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "other";

    public static int StatusOf(HttpContext http) =>
        !http.Response.HasStarted && http.RequestAborted.IsCancellationRequested ? ClientLeft : http.Response.StatusCode;

    /// <summary>
    /// The caller's most powerful role; <c>anonymous</c> where no key is configured, <c>none</c> for whom the guard does not know.
    /// </summary>
    public static string RoleOf(HttpContext http) => http.User.Identity?.Name == Caller.Anonymous ? Caller.Anonymous
        : roles.FirstOrDefault(role => http.User.HasClaim(ClaimTypes.Role, role)) ?? "none";
}
