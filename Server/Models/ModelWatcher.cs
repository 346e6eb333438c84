// Follows the catalogue's pointer: a new current version is verified and loaded beside the running one, warmed up, and becomes
// what the next request leases. Whatever goes wrong, the running one serves on. Knows no backend: it is given how to open a version.
using Majlis.Inference;
using Majlis.Model.Catalog;
using Majlis.Server.Operations;
using Majlis.Text;

namespace Majlis.Server.Models;

sealed class ModelWatcher(ModelCatalog catalog, LiveModel live, ServerParts parts, ServerMetrics metrics,
    ILogger<ModelWatcher> log) : BackgroundService
{
    static readonly TimeSpan interval = TimeSpan.FromSeconds(2);

    readonly Lock looking = new();

    // The pointer as last acted upon: a refused version is not tried again before the pointer moves.
    long seen = -1;

    // The pointer whose version was said to wait.
    long waiting = -1;

    // Said once, not at every look.
    string? unreadable;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(interval, parts.Time);
        while (await timer.WaitForNextTickAsync(stoppingToken)) Look();
    }

    /// <summary>Looks once. Loading happens here, on the watcher's own time; requests go on meanwhile.</summary>
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
            // Three versions are never in memory: while an old one still finishes its requests, the newest waits on disk.
            if (state.Generation == seen) return;
            if (!live.HasRoom)
            {
                if (waiting != state.Generation && state.Current is { } announced) log.Waits(announced, now);
                waiting = state.Generation;
                return;
            }
            seen = state.Generation;
            if (state.Current is { } next && next != now) Take(next, now);
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
            live.Swap(model);
            metrics.Swapped(taken: true);
            log.Swapped(now, next, hash, (long)parts.Time.GetElapsedTime(start).TotalMilliseconds);
            log.SayWhatIsIgnored(model);
        }
        catch (Exception broken)
        {
            model?.Dispose();
            metrics.Swapped(taken: false);
            log.Refused(next, now, broken.Message);
        }
    }
}
