// Counts by kind, in a fixed order, so that two runs print the same. Does not know what it counts.
using System.Collections.Immutable;

namespace Majlis.Feedback.Pairs;

sealed class Counter<T> where T : struct, Enum
{
    readonly SortedDictionary<T, int> counts = [];

    public ImmutableSortedDictionary<T, int> Counts => counts.ToImmutableSortedDictionary();

    public void Add(T kind) => counts[kind] = counts.GetValueOrDefault(kind) + 1;
}
