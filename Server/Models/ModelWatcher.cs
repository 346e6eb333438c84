// Follows the catalogue's pointer: a new current version is verified, loaded beside the running one and warmed up; the next request leases
// it. On any failure the running version stays. Knows no backend: a delegate opens versions.
using Majlis.Inference;
using Majlis.Model.Catalog;
using Majlis.Server.Operations;
using Majlis.Text;

namespace Majlis.Server.Models;

sealed class ModelWatcher(ModelCatalog catalog, LiveModel live, NamedAdapters adapters, TrialFollower trial, ServerParts parts,
    ServerMetrics metrics, ILogger<ModelWatcher> log) : BackgroundService
{
    static readonly TimeSpan interval = TimeSpan.FromSeconds(2);

    readonly Lock looking = new();

    // The pointer that was last handled: a refused version is not tried again before the pointer changes.
    long seen = -1;

    // The pointer whose version was logged as waiting.
    long waiting = -1;

    // Logged once, not at every check.
    string? unreadable;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(interval, parts.Time);
        while (await timer.WaitForNextTickAsync(stoppingToken)) Look();
    }

    /// <summary>Checks once. Loading happens here, in the watcher's background task, while requests go on.</summary>
    public void Look()
    {
        lock (looking) Follow();
    }

    void Follow()
    {
        var now = live.Current?.Version ?? "nothing";
        try
        {
            var state = catalog.State();
            unreadable = null;
            // Never three versions in memory: while an old one finishes its requests, the newest waits on disk.
            if (state.Generation == seen) return;
            if (!live.HasRoom)
            {
                if (waiting != state.Generation && state.Current is { } announced) log.Waits(announced, now);
                waiting = state.Generation;
                return;
            }
            seen = state.Generation;
            if (state.Current is { } next && next != now) Take(next, now);
            trial.Follow(state);
        }
        catch (Exception broken) when (broken is IOException or ModelFormatException or UnauthorizedAccessException)
        {
            if (unreadable != broken.Message) log.CatalogUnreadable(now, broken.Message);
            unreadable = broken.Message;
        }
    }

    void Take(string next, string now)
    {
        var start = parts.Time.GetTimestamp();
        log.Loading(next, now);
        LoadedModel? model = null;
        try
        {
            catalog.Verify(next);
            model = parts.Open(catalog.ServePath(next), next, parts.Engine);
            var hash = model.WarmUp().WeightsHash;
            adapters.Put(model);
            live.Swap(model);
            var took = parts.Time.GetElapsedTime(start);
            metrics.Swapped(taken: true, took);
            log.Swapped(now, next, hash, (long)took.TotalMilliseconds);
            log.SayWhatIsIgnored(model);
        }
        catch (Exception broken)
        {
            model?.Dispose();
            metrics.Swapped(taken: false, parts.Time.GetElapsedTime(start));
            log.Refused(next, now, broken.Message);
        }
    }
}
