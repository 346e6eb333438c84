// Wraps every request, outermost: its record begins here and goes to metrics and log when the reply has ended. Knows no endpoint.
using System.Security.Claims;

namespace Majlis.Server.Operations;

static class RequestObservation
{
    /// <summary>nginx's status of a request whose client left before the reply began.</summary>
    const int ClientLeft = 499;

    static readonly string[] roles = ["admin", "rater", "inference"];

    public static void UseObservation(this WebApplication app)
    {
        var time = app.Services.GetRequiredService<TimeProvider>();
        var metrics = app.Services.GetRequiredService<ServerMetrics>();
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
                metrics.Answered(PathOf(http), StatusOf(http), RoleOf(http), time.GetElapsedTime(record.Arrived));
                if (record.IsBroken) metrics.BrokeOff();
            }
        });
    }

    /// <summary>The template of the request's path: what clients write into paths has no bounds.</summary>
    public static string PathOf(HttpContext http) => (http.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "other";

    public static int StatusOf(HttpContext http) =>
        !http.Response.HasStarted && http.RequestAborted.IsCancellationRequested ? ClientLeft : http.Response.StatusCode;

    /// <summary>The caller's most powerful role, or <c>none</c>.</summary>
    public static string RoleOf(HttpContext http) =>
        roles.FirstOrDefault(role => http.User.HasClaim(ClaimTypes.Role, role)) ?? "none";
}
