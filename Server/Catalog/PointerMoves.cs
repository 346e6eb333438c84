// Promotes a version, rolls back, or lets a share of the traffic try a version, on an admin's word: checks the version's files, moves the
// pointer by compare-and-swap, leaves the audit record. Servers follow the pointer by themselves. Knows no HTTP.
using Majlis.Inference;
using Majlis.Model.Catalog;
using Majlis.Server.Models;
using Majlis.Server.Wire;
using Majlis.Text;

namespace Majlis.Server.Catalog;

sealed class PointerMoves(ModelCatalog catalog, LiveModel live, ModelSwap swap)
{
    /// <summary>Makes a version the current one; where it is that already, nothing changes.</summary>
    /// <returns>The pointer, or null with the reason in <paramref name="problem"/>.</returns>
    public CatalogState? Promote(string version, MoveRequest wish, string by, Problem problem) => Move(wish, problem, state =>
    {
        if (!catalog.Readable().Any(kept => kept.Id == version))
        {
            problem.Add(ApiError.UnknownVersion(version));
            return state;
        }
        return state.Current == version ? state : state.Promote(version);
    }, new(by, MoveNote.Promote, wish.Reason));

    /// <summary>Makes the previous version the current one, or, behind the first promotion, the model that the server was started with.
    /// </summary>
    /// <returns>The pointer, or null with the reason in <paramref name="problem"/>.</returns>
    public CatalogState? RollBack(MoveRequest wish, string by, Problem problem) => Move(wish, problem, state =>
    {
        if (state.Previous is not null || state.Current is not null && swap.Meant(state.RollBack()) is not null) return state.RollBack();
        problem.Add(ApiError.NoPreviousVersion());
        return state;
    }, new(by, MoveNote.Rollback, wish.Reason));

    /// <summary>Lets a share of the traffic try a version, by its adapters on what is served.</summary>
    /// <returns>The pointer, or null with the reason in <paramref name="problem"/>.</returns>
    public CatalogState? Try(string version, TrialRequest wish, string by, Problem problem) => Move(wish.Move, problem, state =>
    {
        CheckTrial(version, state, problem);
        return state.Try(version, wish.Share);
    }, new(by, MoveNote.Trial, wish.Move.Reason));

    /// <summary>Ends the trial of a version.</summary>
    /// <returns>The pointer, or null with the reason in <paramref name="problem"/>.</returns>
    public CatalogState? EndTrial(string version, MoveRequest wish, string by, Problem problem) => Move(wish, problem, state =>
    {
        if (state.Candidate != version) problem.Add(ApiError.NoTrial(version));
        return state.EndTrial();
    }, new(by, MoveNote.EndTrial, wish.Reason));

    void CheckTrial(string version, CatalogState state, Problem problem)
    {
        if (catalog.Readable().FirstOrDefault(kept => kept.Id == version) is not { } manifest)
            problem.Add(ApiError.UnknownVersion(version));
        else if (state.Current == version) problem.Add(ApiError.CannotTry($"The version '{version}' answers all traffic already."));
        else if (live.Current is not { } model) problem.Add(ApiError.NoModel());
        else if (VersionAdapters.Lack(manifest, model) is { } lack) problem.Add(ApiError.CannotTry(lack));
    }

    CatalogState? Move(MoveRequest wish, Problem problem, Func<CatalogState, CatalogState> next, MoveNote note)
    {
        try
        {
            var state = catalog.State();
            var wanted = next(state);
            if (wish.Generation is { } seen && seen != state.Generation) problem.Add(ApiError.PointerMoved(state.Generation));
            if (problem.First is not null) return null;
            if (wanted == state) return state;
            if (note.Action == MoveNote.Trial) catalog.VerifyAdapters(wanted.Candidate!);
            else if (note.Action != MoveNote.EndTrial && wanted.Current is { } current) catalog.Verify(current);
            if (catalog.TrySwap(state, wanted, note)) return catalog.State();
            problem.Add(ApiError.PointerMoved(catalog.State().Generation));
        }
        catch (ModelFormatException damaged)
        {
            problem.Add(ApiError.DamagedCatalog(damaged.Message));
        }
        catch (ReadOnlyCatalogException readOnly)
        {
            problem.Add(ApiError.ReadOnlyCatalog(readOnly.Message));
        }
        catch (Exception away) when (away is IOException or UnauthorizedAccessException)
        {
            problem.Add(ApiError.CatalogAway(away.Message));
        }
        return null;
    }
}
