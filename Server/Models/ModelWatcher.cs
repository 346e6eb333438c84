// Follows the catalogue's pointer: to another current version, and to a version that is tried. Looks on a thread of low priority, on which
// versions are verified, loaded and warmed up. Does none of that itself.
using Majlis.Inference;
using Majlis.Model.Catalog;
using Majlis.Server.Operations;
using Majlis.Text;

namespace Majlis.Server.Models;

sealed class ModelWatcher(ModelCatalog catalog, LiveModel live, ModelSwap swap, TrialFollower trial, TimeProvider time,
    ILogger<ModelWatcher> log) : BackgroundService
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
        using var timer = new PeriodicTimer(interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken)) await LowPriorityThread.RunAsync("model-loader", Look);
    }

    /// <summary>Checks once, and returns when what was to do is done. Requests go on meanwhile.</summary>
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
            if (state.Generation == seen || !TrySwap(state, now)) return;
            seen = state.Generation;
            trial.Follow(state);
        }
        catch (Exception broken) when (broken is IOException or ModelFormatException or UnauthorizedAccessException)
        {
            if (unreadable != broken.Message) log.CatalogUnreadable(now, broken.Message);
            unreadable = broken.Message;
        }
    }

    /// <summary>False while it must wait. Never three versions in memory: while an old one finishes its requests, the newest waits on disk.
    /// </summary>
    bool TrySwap(CatalogState state, string now)
    {
        // A pointer that never moved says nothing.
        if (state.Generation == 0 || swap.Meant(state) is not { } next || next.Version == now || swap.TryReturn(next.Version)) return true;
        if (!live.HasRoom)
        {
            if (waiting != state.Generation) log.Waits(next.Version, now);
            waiting = state.Generation;
            return false;
        }
        swap.To(next);
        return true;
    }
}
