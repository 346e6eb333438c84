// The metrics that Prometheus reads at /metrics. Each number is counted where it happens; the queue and the running requests are read at
// every scrape. Each server has a registry, so that two in one process do not mix. Knows no text.
using System.Globalization;
using System.Runtime.CompilerServices;
using Majlis.Feedback.Votes;
using Majlis.Inference;
using Majlis.Server.Chat;
using Prometheus;

namespace Majlis.Server.Operations;

sealed class ServerMetrics
{
    readonly TimeProvider time;
    readonly Counter requests, prompt, generated, swaps, votes;
    readonly Histogram firstToken;

    public ServerMetrics(Engine engine, TimeProvider time)
    {
        this.time = time;
        var make = Metrics.WithCustomRegistry(Registry);
        requests = make.CreateCounter("majlis_requests_total", "Requests answered.", "path", "status");
        prompt = make.CreateCounter("majlis_prompt_tokens_total", "Prompt tokens of admitted requests.");
        generated = make.CreateCounter("majlis_generation_tokens_total", "Tokens generated.");
        swaps = make.CreateCounter("majlis_swaps_total", "New versions met in the catalogue.", "result");
        votes = make.CreateCounter("majlis_votes_total", "Votes received.", "outcome");
        firstToken = make.CreateHistogram("majlis_time_to_first_token_seconds", "From the admitted request to its first token.",
            new HistogramConfiguration { Buckets = Histogram.ExponentialBuckets(0.005, 2, 14) });
        var running = make.CreateGauge("majlis_requests_running", "Sequences being generated.");
        var waiting = make.CreateGauge("majlis_requests_waiting", "Sequences in the queue.");
        Registry.AddBeforeCollectCallback(() =>
        {
            running.Set(engine.Progress.Running);
            waiting.Set(engine.Progress.Waiting);
        });
    }

    public CollectorRegistry Registry { get; } = Metrics.NewCustomRegistry();

    public void Answered(HttpContext http)
    {
        var path = (http.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "other";
        requests.WithLabels(path, http.Response.StatusCode.ToString(CultureInfo.InvariantCulture)).Inc();
    }

    public void Voted(VoteOutcome outcome) => votes.WithLabels(outcome.ToString()).Inc();

    public void Swapped(bool taken) => swaps.WithLabels(taken ? "taken" : "refused").Inc();

    /// <summary>Passes the pieces on and counts them.</summary>
    public async IAsyncEnumerable<(int Choice, GeneratedPiece Piece)> Count(ChatRun run,
        IAsyncEnumerable<(int Choice, GeneratedPiece Piece)> pieces,
        [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var (start, first) = (time.GetTimestamp(), true);
        await foreach (var item in pieces.WithCancellation(cancellation))
        {
            if (first)
            {
                prompt.Inc(run.Prompt.Length);
                firstToken.Observe(time.GetElapsedTime(start).TotalSeconds);
            }
            first = false;
            generated.Inc(item.Piece.Tokens.Length);
            yield return item;
        }
    }
}
