// Sends spans and metrics by OTLP where OTEL_EXPORTER_OTLP_ENDPOINT names a collector; without it, not even the library is loaded. The
// library reads its other OTEL_* variables itself. Knows no request.
using System.Runtime.CompilerServices;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Majlis.Server.Operations;

static class OpenTelemetryExport
{
    const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
    const string Protocol = "OTEL_EXPORTER_OTLP_PROTOCOL";

    public static void AddOpenTelemetryExport(this WebApplicationBuilder builder)
    {
        if (!string.IsNullOrEmpty(builder.Configuration[Endpoint])) Add(builder);
    }

    /// <summary>What is wrong with the variables, a line each. The library itself would go on with its defaults and say nothing.</summary>
    public static IEnumerable<string> Problems(IConfiguration settings)
    {
        if (settings[Endpoint] is not { Length: > 0 } endpoint) yield break;
        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out var at) || at.Scheme is not ("http" or "https"))
            yield return $"{Endpoint}: '{endpoint}' is no address like http://collector:4318.";
        if (settings[Protocol] is { Length: > 0 } protocol and not ("grpc" or "http/protobuf"))
            yield return $"{Protocol}: '{protocol}' is neither grpc nor http/protobuf.";
    }

    // Its own method, and never inlined: the runtime loads what a method names when it compiles it.
    [MethodImpl(MethodImplOptions.NoInlining)]
    static void Add(WebApplicationBuilder builder) => builder.Services.AddOpenTelemetry()
        .ConfigureResource(resource =>
        {
            // A name given here would win over that of the variable.
            if (string.IsNullOrEmpty(builder.Configuration["OTEL_SERVICE_NAME"]))
                resource.AddService("majlis", serviceVersion: ServerVersion.Build);
        })
        .WithTracing(tracing => tracing.AddSource(GenAiTelemetry.Source).AddOtlpExporter()
            .AddAspNetCoreInstrumentation(options => options.EnrichWithHttpResponse = (span, response) =>
            {
                // What clients write into paths may be anything: only the template leaves the house.
                span.SetTag("url.path", RequestObservation.PathOf(response.HttpContext));
                span.SetTag("url.query", null);
                span.SetTag("http.response.header.x-request-id", new[] { response.Headers["x-request-id"].ToString() });
            }))
        .WithMetrics(metrics => metrics.AddMeter(GenAiTelemetry.Source).AddOtlpExporter());
}
