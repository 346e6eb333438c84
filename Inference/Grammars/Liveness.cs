// Whether any text belongs to a regular expression. Intersections and complements may be empty without looking so; a parser in such a state
// could never end. Searches the states that follow for one that may end.
namespace Majlis.Inference.Grammars;

sealed class Liveness(NodeTable table)
{
    const int MostSteps = 1 << 18;

    /// <summary>Steps among the states without bounds: where these are not few either, the bounds are not what makes them many.</summary>
    const int MostUnbounded = 1 << 10;

    readonly Endings endings = new(table);

    /// <exception cref="GrammarException">Too many states would have to be searched.</exception>
    public bool Has(Node node, Derivatives derivatives)
    {
        if (Known(node) is { } known) return known;
        if (endings.Known(node, derivatives)) return true;
        if (endings.Search(node, derivatives) is { } near) return near;
        // What has no text without its bounds has none with them.
        var freer = Bounds.Without(table, node, _ => true);
        if (freer != node && (Known(freer) ?? Search(freer, derivatives, MostUnbounded)) == false) return (node.IsLive = false).Value;
        return Search(node, derivatives, MostSteps)
            ?? throw new GrammarException("Conditions that hold at once make the grammar too large.");
    }

    /// <summary>Null where only a search tells. Without intersection and complement only Nothing is empty.</summary>
    public static bool? Known(Node node) => node is NothingNode ? false : node.IsNullable || !node.HoldsConditions ? true : node.IsLive;

    // Null where that takes more steps.
    bool? Search(Node node, Derivatives derivatives, int most)
    {
        var steps = 0;
        var path = new Stack<(Node Node, int Next)>();
        var seen = new HashSet<Node> { node };
        path.Push((node, 0));
        while (path.TryPop(out var at))
        {
            if (at.Next == table.Classes.Count) continue;
            path.Push((at.Node, at.Next + 1));
            var value = table.Classes.Members[at.Next];
            if (!at.Node.Begins.Bytes.Contains(value)) continue;
            var next = derivatives.Raw(at.Node, value);
            if (Known(next) is not { } live)
            {
                if (seen.Add(next)) path.Push((next, 0));
                if (++steps > most) return null;
            }
            else if (live)
            {
                foreach (var (before, _) in path) before.IsLive = true;
                return true;
            }
        }
        // Nothing that can be reached may end.
        foreach (var dead in seen) dead.IsLive = false;
        return false;
    }
}
