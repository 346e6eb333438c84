// Makes a version of the catalogue the served one: its files are verified, it is loaded beside the running version or, where two do not
// fit, after that one's requests have ended, and warmed up; the next request leases it. On any failure the running version stays. Runs on
// its caller's thread. Knows no pointer and no backend: a delegate opens versions.
using Majlis.Inference;
using Majlis.Model.Catalog;
using Majlis.Server.Operations;

namespace Majlis.Server.Models;

sealed class ModelSwap(ModelCatalog catalog, LiveModel live, NamedAdapters adapters, SwapChoice choice, ServerParts parts,
    ServerMetrics metrics, ILogger<ModelSwap> log)
{
    /// <summary>Serves the version before the current one again, at once, if requests still finish on it.</summary>
    public bool TryReturn(string version)
    {
        var (start, now) = (parts.Time.GetTimestamp(), live.Current?.Version);
        if (now is null || !live.TryReturn(version)) return false;
        Tell(now, live.Current!, start);
        return true;
    }

    public void To(string next)
    {
        var (start, old) = (parts.Time.GetTimestamp(), live.Current);
        var now = old?.Version ?? "nothing";
        log.Loading(next, now);
        LoadedModel? model = null;
        try
        {
            catalog.Verify(next);
            var path = catalog.ServePath(next);
            if (old is not null && choice.Drains(path)) Drain(old, next);
            live.Swap(model = Open(path, next));
            Tell(now, model, start);
            log.SayWhatIsIgnored(model);
        }
        catch (Exception broken)
        {
            metrics.Swapped(taken: false, parts.Time.GetElapsedTime(start));
            log.Refused(next, now, broken.Message);
            if (live.Current is null && old is not null) Restore(old);
        }
        finally
        {
            live.Open();
        }
    }

    /// <summary>New requests wait until the next version is there; running ones end first, and the old version's memory is free.</summary>
    void Drain(LoadedModel old, string next)
    {
        log.EndsFirst(next, old.Version);
        live.Close().GetAwaiter().GetResult();
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
