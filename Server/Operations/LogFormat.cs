// How log lines look: as text for people, or as one JSON object a line for collectors. Knows no line.
namespace Majlis.Server.Operations;

static class LogFormat
{
    public static void UseLog(this WebApplicationBuilder builder, ServerOptions options)
    {
        // Its own rule: what an admin changes is told however quiet the rest is.
        builder.Logging.AddFilter(typeof(RequestLog).FullName, LogLevel.Information);
        if (options.Log != ServerOptions.JsonLog) return;
        builder.Logging.AddJsonConsole(json =>
        {
            json.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";
            json.UseUtcTimestamp = true;
        });
    }
}
