// Brings the version that the catalogue's pointer names as tried, as an adapter on the model that is served, and takes it away when the
// trial ends. What cannot be tried here is logged, and the current version answers all. Used by the watcher's thread alone.
using Majlis.Inference;
using Majlis.Model.Catalog;
using Majlis.Server.Operations;
using Majlis.Text;

namespace Majlis.Server.Models;

sealed class TrialFollower(LiveModel live, VersionAdapters versions, Trials trials, ILogger<TrialFollower> log)
{
    public void Follow(CatalogState state)
    {
        var wanted = state is { Candidate: { } version, Share: > 0 } ? new Trial(version, state.Share) : null;
        var model = live.Current;
        if (trials.Running is { } running && running.Version != wanted?.Version)
        {
            trials.Running = null;
            model?.Adapters.Remove(Trials.Adapter(running.Version));
            log.TrialEnded(running.Version);
        }
        if (wanted is not null && model is not null) Begin(wanted, model);
    }

    void Begin(Trial wanted, LoadedModel model)
    {
        try
        {
            if (model.Adapters.Named(Trials.Adapter(wanted.Version)) is null) versions.BringWhole(wanted.Version, model);
            trials.Running = wanted;
            log.TrialBegun(wanted.Version, wanted.Share, model.Version);
        }
        catch (Exception broken) when (broken is IOException or ModelFormatException or UnauthorizedAccessException
            or NotSupportedException)
        {
            trials.Running = null;
            log.TrialRefused(wanted.Version, model.Version, broken.Message);
        }
    }
}
