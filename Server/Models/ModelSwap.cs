// Makes a version of the catalogue, or the model the server was started with, the served one: its files are verified, it is loaded beside
// the running version or, where two do not fit, after that one's requests have ended, and warmed up; the next request leases it. On any
// failure the running version stays. Runs on its caller's thread. Knows no backend: a delegate opens versions.
using Majlis.Inference;
using Majlis.Model.Catalog;
using Majlis.Server.Operations;
using Majlis.Text;

namespace Majlis.Server.Models;

sealed class ModelSwap(ModelCatalog catalog, LiveModel live, NamedAdapters adapters, SwapChoice choice, ServerOptions options,
    ServerParts parts, ServerMetrics metrics, ILogger<ModelSwap> log)
{
    // How often the pointer is looked at while requests end.
    static readonly TimeSpan glance = TimeSpan.FromMilliseconds(200);

    /// <summary>What a pointer stands for; null where it names no version and the server was started with no other model.</summary>
    public FirstModel? Meant(CatalogState state) => state.Current is { } version ? FirstModel.Kept(catalog, version)
        : FirstModel.Named(options, parts.Starter);

    /// <summary>Serves the version before the current one again, at once, if requests still finish on it.</summary>
    public bool TryReturn(string version)
    {
        var (start, now) = (parts.Time.GetTimestamp(), live.Current?.Version);
        if (now is null || !live.TryReturn(version)) return false;
        Tell(now, live.Current!, start);
        return true;
    }

    /// <summary>Serves a model; or goes on with the running one, where the pointer returns to it while its requests end.</summary>
    public void To(FirstModel next)
    {
        var (start, old) = (parts.Time.GetTimestamp(), live.Current);
        var now = old?.Version ?? "nothing";
        log.Loading(next.Version, now);
        LoadedModel? model = null;
        try
        {
            var path = next.FindAsync(catalog, parts.Starter).GetAwaiter().GetResult();
            if (old is not null && choice.Drains(path) && !Drain(old, next.Version)) return;
            live.Swap(model = Open(path, next.Version));
            Tell(now, model, start);
            log.SayWhatIsIgnored(model);
        }
        catch (Exception broken)
        {
            metrics.Swapped(taken: false, parts.Time.GetElapsedTime(start));
            log.Refused(next.Version, now, broken.Message);
            if (live.Current is null && old is not null) Restore(old);
        }
        finally
        {
            live.Open();
        }
    }

    /// <summary>
    /// New requests wait until the next version is there; running ones end first, and the old version's memory is free. False where the
    /// pointer returns to the old version before that: it lets requests in again, and nothing is loaded.
    /// </summary>
    bool Drain(LoadedModel old, string next)
    {
        log.EndsFirst(next, old.Version);
        var emptied = live.Close();
        while (!emptied.IsCompleted)
        {
            Task.WhenAny(emptied, Task.Delay(glance, parts.Time)).GetAwaiter().GetResult();
            if (!IsCurrent(old.Version) || !live.TryReopen()) continue;
            log.DrainCancelled(old.Version, next);
            return false;
        }
        return true;
    }

    bool IsCurrent(string version)
    {
        try
        {
            return Meant(catalog.State())?.Version == version;
        }
        catch (Exception broken) when (broken is IOException or ModelFormatException or UnauthorizedAccessException)
        {
            // The pointer is read again at the next glance, and the watcher tells of one that stays unreadable.
            return false;
        }
    }

    LoadedModel Open(string path, string version)
    {
        var model = parts.Open(path, version, parts.Engine);
        try
        {
            model.WarmUp();
            adapters.Put(model);
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    void Restore(LoadedModel old)
    {
        try
        {
            live.Swap(Open(old.Path ?? catalog.ServePath(old.Version), old.Version));
            log.Restored(old.Version);
        }
        catch (Exception broken)
        {
            log.NothingServed(old.Version, broken.Message);
        }
    }

    void Tell(string old, LoadedModel next, long start)
    {
        var took = parts.Time.GetElapsedTime(start);
        metrics.Swapped(taken: true, took);
        log.Swapped(old, next.Version, next.WeightsHash, (long)took.TotalMilliseconds);
    }
}
