// What a version was made from, directly or not. Pure: knows manifests, no folder.
using System.Collections.Immutable;

namespace Majlis.Model.Catalog;

public sealed class Lineage(IEnumerable<Manifest> versions)
{
    readonly Dictionary<string, Manifest> known = versions.ToDictionary(version => version.Id, StringComparer.Ordinal);

    /// <summary>Ids of the versions, and hashes of the base weights, that a version was made from; nearest first, without itself.</summary>
    public IEnumerable<string> Ancestors(string id)
    {
        var (seen, next) = (new HashSet<string>(StringComparer.Ordinal) { id }, new Queue<string>(Parents(id)));
        while (next.TryDequeue(out var ancestor))
        {
            if (!seen.Add(ancestor)) continue;
            yield return ancestor;
            foreach (var further in Parents(ancestor)) next.Enqueue(further);
        }
    }

    // Base weights have no manifest.
    ImmutableArray<string> Parents(string id) => known.TryGetValue(id, out var manifest) ? manifest.Parents : [];
}
