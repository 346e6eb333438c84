// Spans and metrics of answers by OpenTelemetry's conventions for generative AI, in .NET's own types: nothing is made while nobody listens.
// https://github.com/open-telemetry/semantic-conventions-genai/tree/main/docs/gen-ai. Knows no exporter and no text.
using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Majlis.Server.Operations;

sealed class GenAiTelemetry : IDisposable
{
    /// <summary>The name of the source of spans and of the meter.</summary>
    public const string Source = "Majlis.Server";

    const string Provider = "majlis";

    static readonly ActivitySource spans = new(Source);

    readonly TimeProvider time;
    readonly Meter meter = new(Source);
    readonly Histogram<double> duration, firstToken, perToken;

    public GenAiTelemetry(TimeProvider time)
    {
        this.time = time;
        duration = Make("gen_ai.server.request.duration", "Generative AI server request duration.",
            [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92]);
        firstToken = Make("gen_ai.server.time_to_first_token", "Time to generate the first token of successful responses.",
            [0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]);
        // The conventions begin at 10 ms; a small model is faster.
        perToken = Make("gen_ai.server.time_per_output_token", "Time per output token after the first, of successful responses.",
            [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5]);
    }

    /// <summary>A request that generates has ended. The span begins at its arrival, below the span that ASP.NET Core made for it.</summary>
    public void Ended(RequestRecord record, HttpContext http, TimeSpan took)
    {
        if (record.Run is null) return;
        var error = ErrorOf(record, http);
        Measure(record, error, took);
        Trace(record, http, error, took);
    }

    public void Dispose() => meter.Dispose();

    Histogram<double> Make(string name, string what, double[] bounds) =>
        meter.CreateHistogram(name, "s", what, null, new InstrumentAdvice<double> { HistogramBucketBoundaries = bounds });

    void Measure(RequestRecord record, string? error, TimeSpan took)
    {
        if (!duration.Enabled) return;
        var tags = new TagList
        {
            { "gen_ai.operation.name", record.Run!.Operation },
            { "gen_ai.provider.name", Provider },
            { "gen_ai.request.model", record.Run.Model },
            { "gen_ai.response.model", record.Run.Version },
        };
        if (error is null && record.FirstToken is { } first)
        {
            firstToken.Record(first.TotalSeconds, tags);
            if (record.OutputTokens > 1) perToken.Record((took - first).TotalSeconds / (record.OutputTokens - 1), tags);
        }
        if (error is not null) tags.Add("error.type", error);
        duration.Record(took.TotalSeconds, tags);
    }

    void Trace(RequestRecord record, HttpContext http, string? error, TimeSpan took)
    {
        if (!spans.HasListeners()) return;
        var run = record.Run!;
        var end = time.GetUtcNow();
        using var span = spans.StartActivity($"{run.Operation} {run.Model}", ActivityKind.Internal, parentContext: default,
            tags: null, links: null, end - took);
        if (span is null) return;
        var request = run.Choices[0];
        Tag("gen_ai.operation.name", run.Operation);
        Tag("gen_ai.provider.name", Provider);
        Tag("gen_ai.request.model", run.Model);
        Tag("gen_ai.request.max_tokens", request.MaxTokens);
        Tag("gen_ai.request.temperature", (double)request.Sampling.Temperature);
        Tag("gen_ai.request.top_p", (double)request.Sampling.TopP);
        Tag("gen_ai.request.choice.count", run.Choices.Length == 1 ? null : run.Choices.Length);
        Tag("gen_ai.request.id", http.Response.Headers["x-request-id"].ToString());
        Tag("gen_ai.response.id", run.Id);
        Tag("gen_ai.response.model", run.Version);
        Tag("gen_ai.response.finish_reasons", record.Finishes.IsEmpty ? null : record.Finishes.ToArray());
        Tag("gen_ai.usage.input_tokens", run.PromptTokens);
        Tag("gen_ai.usage.cache_read.input_tokens", record.CachedTokens);
        Tag("gen_ai.usage.output_tokens", record.OutputTokens);
        // vLLM's names: the conventions have none for them on spans.
        Tag("gen_ai.latency.time_in_queue", record.Queued?.TotalSeconds);
        Tag("gen_ai.latency.time_to_first_token", record.FirstToken?.TotalSeconds);
        if (error is not null) span.SetTag("error.type", error).SetStatus(ActivityStatusCode.Error);
        span.SetEndTime(end.UtcDateTime);

        void Tag(string name, object? value) => span.SetTag(name, value);
    }

    static string? ErrorOf(RequestRecord record, HttpContext http) => record.IsBroken ? "broken_reply"
        : RequestObservation.StatusOf(http) is >= 400 and var status ? $"{status}" : null;
}
