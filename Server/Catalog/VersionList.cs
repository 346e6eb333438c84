// The versions of the catalogue with what the pointer, the gate and the vote store say of each. Knows no weights.
using Majlis.Feedback.Store;
using Majlis.Model.Catalog;
using Majlis.Server.Wire;
using Majlis.Text;

namespace Majlis.Server.Catalog;

sealed class VersionList(ModelCatalog catalog, VoterErasure erasure)
{
    /// <summary>A page of all versions, pruned ones too, or null with the reason in <paramref name="problem"/>.</summary>
    public async Task<ListPage<VersionCard>?> ReadAsync(Paging paging, Problem problem)
    {
        if (Pointer(problem) is not { } pointer) return null;
        var kept = catalog.Readable();
        var all = All(kept);
        var touched = await TouchedAsync(all);
        if (paging.NewestFirst) Array.Reverse(all);
        var start = paging.After is null ? 0 : Array.FindIndex(all, version => version.Id == paging.After) + 1;
        if (start == 0 && paging.After is not null)
        {
            problem.Add(paging.UnknownAfter());
            return null;
        }
        var page = all.Skip(start).Take(paging.Limit).Select(version => Card(version, StateOf(version), pointer, touched));
        return ListPage<VersionCard>.Of([.. page], card => card.Id, all.Length > start + paging.Limit);

        string StateOf(Manifest version) => version.Id == pointer.Current ? "current"
            : version.Id == pointer.Previous ? "previous"
            : version.Id == pointer.Candidate ? "candidate"
            : kept.Contains(version) ? "kept" : "pruned";
    }

    /// <summary>The versions that learnt from these votes.</summary>
    public IReadOnlyList<TouchedVersion> Touched(IReadOnlySet<string> erased) => VoteLineage.Touched(All(catalog.Readable()), erased);

    /// <summary>Oldest first. A trainer killed while pruning leaves a version in both places for a while.</summary>
    Manifest[] All(IReadOnlyList<Manifest> kept) => [.. kept.Concat(catalog.Pruned()).DistinctBy(version => version.Id)
        .OrderBy(version => version.Created).ThenBy(version => version.Id, StringComparer.Ordinal)];

    CatalogState? Pointer(Problem problem)
    {
        try
        {
            return catalog.State();
        }
        catch (ModelFormatException damaged)
        {
            problem.Add(ApiError.DamagedCatalog(damaged.Message));
            return null;
        }
    }

    /// <summary>Null where the vote store does not answer: the versions are listed without it.</summary>
    async Task<Dictionary<string, TouchedVersion>?> TouchedAsync(IReadOnlyList<Manifest> versions)
    {
        try
        {
            var erased = await erasure.ErasedAsync(versions.SelectMany(version => version.Votes));
            return VoteLineage.Touched(versions, erased).ToDictionary(version => version.Id);
        }
        catch (FeedbackUnavailableException)
        {
            return null;
        }
    }

    static VersionCard Card(Manifest version, string state, CatalogState pointer, Dictionary<string, TouchedVersion>? touched)
    {
        var erased = touched?.GetValueOrDefault(version.Id) ?? new(version.Id, 0, []);
        return new(version.Id, "catalog.version", version.Created.ToUnixTimeSeconds(), state, version.Parents, version.WeightsHash,
            version.Votes.Length, touched is null ? null : erased.ErasedVotes, touched is null ? null : erased.ErasedAncestors,
            version.Id == pointer.Candidate ? pointer.Share : null, version.Adapters, version.Gate, version.Options, version.Seed);
    }
}
