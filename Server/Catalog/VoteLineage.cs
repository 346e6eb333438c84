// Which versions learnt from given votes: by themselves, or by a parent that did. Pure; knows no store.
using Majlis.Model.Catalog;

namespace Majlis.Server.Catalog;

/// <summary>A version that learnt from some of the votes.</summary>
/// <param name="ErasedVotes">How many of the votes are in its own manifest.</param>
/// <param name="ErasedAncestors">Ids of the versions it was made from, directly or not, whose manifests hold such votes.</param>
sealed record TouchedVersion(string Id, int ErasedVotes, IReadOnlyList<string> ErasedAncestors);

static class VoteLineage
{
    /// <param name="versions">All versions, pruned ones too, since their children may be kept.</param>
    public static IReadOnlyList<TouchedVersion> Touched(IReadOnlyList<Manifest> versions, IReadOnlySet<string> erased)
    {
        var own = versions.ToDictionary(version => version.Id, version => version.Votes.Count(erased.Contains));
        var lineage = new Lineage(versions);
        // Base weights, the last ancestors, have no votes.
        return [.. versions.Select(version => new TouchedVersion(version.Id, own[version.Id],
                [.. lineage.Ancestors(version.Id).Where(id => own.GetValueOrDefault(id) > 0)]))
            .Where(version => version.ErasedVotes > 0 || version.ErasedAncestors.Count > 0)];
    }
}
