// The metrics that Prometheus reads at /metrics: requests, votes and swaps, counted where they happen. Each server has a registry, so that
// two in one process do not mix. Labels have few values: a path is its template. Knows no text.
using System.Globalization;
using System.Text.Json;
using Majlis.Feedback.Votes;
using Prometheus;

namespace Majlis.Server.Operations;

sealed class ServerMetrics
{
    readonly Counter requests, broken, swaps, votes;
    readonly Histogram duration, swapTime;

    public ServerMetrics()
    {
        var make = Metrics.WithCustomRegistry(Registry);
        requests = make.CreateCounter("majlis_requests_total", "Requests answered.", "path", "status", "role");
        broken = make.CreateCounter("majlis_replies_broken_total", "Replies that broke off after their start.");
        duration = make.CreateHistogram("majlis_request_duration_seconds", "From a request's arrival to the end of its reply.",
            ["path"], new HistogramConfiguration { Buckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250] });
        swaps = make.CreateCounter("majlis_swaps_total", "New versions met in the catalogue.", "result");
        swapTime = make.CreateHistogram("majlis_swap_duration_seconds", "From a version's announcement to its first request, or refusal.",
            ["result"], new HistogramConfiguration { Buckets = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500] });
        votes = make.CreateCounter("majlis_votes_total", "Votes received.", "outcome");
        make.CreateGauge("majlis_build_info", "1, with the version and commit of this build.", "version")
            .WithLabels(ServerVersion.Build).Set(1);
        // A series that is there from the start: the first event of a kind is an increase.
        foreach (var outcome in Enum.GetValues<VoteOutcome>()) votes.WithLabels(Word(outcome)).Inc(0);
        foreach (var result in new[] { Result(true), Result(false) })
        {
            swaps.WithLabels(result).Inc(0);
            swapTime.WithLabels(result).Publish();
        }
    }

    public CollectorRegistry Registry { get; } = Metrics.NewCustomRegistry();

    public void Answered(string path, int status, string role, TimeSpan took)
    {
        requests.WithLabels(path, status.ToString(CultureInfo.InvariantCulture), role).Inc();
        duration.WithLabels(path).Observe(took.TotalSeconds);
    }

    /// <summary>Kestrel rejected what is no readable request: it has no path and no caller.</summary>
    public void Rejected(int status) => requests.WithLabels("other", status.ToString(CultureInfo.InvariantCulture), "none").Inc();

    public void BrokeOff() => broken.Inc();

    public void Voted(VoteOutcome outcome) => votes.WithLabels(Word(outcome)).Inc();

    public void Swapped(bool taken, TimeSpan took)
    {
        swaps.WithLabels(Result(taken)).Inc();
        swapTime.WithLabels(Result(taken)).Observe(took.TotalSeconds);
    }

    static string Result(bool taken) => taken ? "taken" : "refused";

    static string Word(VoteOutcome outcome) => JsonNamingPolicy.SnakeCaseLower.ConvertName(outcome.ToString());
}
