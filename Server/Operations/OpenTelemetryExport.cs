// Sends spans and metrics by OTLP where OTEL_EXPORTER_OTLP_ENDPOINT names a collector; without it, not even the library is loaded. The
// library reads its other OTEL_* variables itself. Knows no request.
using System.Runtime.CompilerServices;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Majlis.Server.Operations;

static class OpenTelemetryExport
{
    public static void AddOpenTelemetryExport(this WebApplicationBuilder builder)
    {
        if (!string.IsNullOrEmpty(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"])) Add(builder);
    }

    // Its own method, and never inlined: the runtime loads what a method names when it compiles it.
    [MethodImpl(MethodImplOptions.NoInlining)]
    static void Add(WebApplicationBuilder builder) => builder.Services.AddOpenTelemetry()
        .ConfigureResource(resource =>
        {
            // A name given here would win over that of the variable.
            if (string.IsNullOrEmpty(builder.Configuration["OTEL_SERVICE_NAME"])) resource.AddService("majlis");
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
