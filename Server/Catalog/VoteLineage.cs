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
        var parents = versions.ToDictionary(version => version.Id, version => version.Parents);
        return [.. versions.Select(version => new TouchedVersion(version.Id, own[version.Id],
                [.. Ancestors(version.Id).Where(id => own.GetValueOrDefault(id) > 0)]))
            .Where(version => version.ErasedVotes > 0 || version.ErasedAncestors.Count > 0)];

        // Parents that are hashes of base weights have no manifest and no votes.
        IEnumerable<string> Ancestors(string id)
        {
            var (seen, next) = (new HashSet<string>(StringComparer.Ordinal) { id }, new Queue<string>(parents[id]));
            while (next.TryDequeue(out var ancestor))
            {
                if (!seen.Add(ancestor)) continue;
                yield return ancestor;
                foreach (var further in parents.GetValueOrDefault(ancestor, [])) next.Enqueue(further);
            }
        }
    }
}
