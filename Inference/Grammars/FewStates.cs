// Expressions whose states are few, looked at one by one: how far the end of a text may be from any of them. Knows no tokens.
namespace Majlis.Inference.Grammars;

/// <summary>Not thread-safe.</summary>
sealed class FewStates(NodeTable table, Derivatives derivatives)
{
    const int Most = 160;

    /// <summary>Parts that are looked at: a state that takes many is not worth it.</summary>
    const int MostWork = 1 << 13;

    const int MostKnown = 1 << 12;

    readonly Dictionary<Node, int?> known = [];

    /// <summary>From each state that can be reached, a text can end after so many bytes; null where the states are not few.</summary>
    public int? FarthestEnd(Node start)
    {
        if (known.TryGetValue(start, out var far)) return far;
        if (known.Count >= MostKnown) known.Clear();
        var followers = Followers(start);
        if (followers is null) return known[start] = null;
        far = Farthest(followers);
        // What is reached from there has no more, and is no farther.
        foreach (var state in followers.Keys) known[state] = far;
        return far;
    }

    /// <summary>All states, each with those that follow it.</summary>
    Dictionary<Node, HashSet<Node>>? Followers(Node start)
    {
        var (all, open) = (new Dictionary<Node, HashSet<Node>> { [start] = [] }, new Stack<Node>([start]));
        var most = table.Worked + MostWork;
        while (open.TryPop(out var state))
            foreach (var value in table.Classes.Members)
            {
                var next = derivatives.Next(state, value);
                if (next == table.Nothing || !all[state].Add(next) || !all.TryAdd(next, [])) continue;
                if (all.Count > Most || table.Worked > most) return null;
                open.Push(next);
            }
        return all;
    }

    static int Farthest(Dictionary<Node, HashSet<Node>> followers)
    {
        var ends = followers.Keys.Where(state => state.IsNullable).ToHashSet();
        var far = 0;
        for (; ends.Count < followers.Count; far++)
        {
            var nearer = followers.Where(one => one.Value.Overlaps(ends)).Select(one => one.Key).ToList();
            var count = ends.Count;
            ends.UnionWith(nearer);
            // A state that is not seen to end is the farthest of all.
            if (ends.Count == count) return int.MaxValue / 2;
        }
        return far;
    }
}
