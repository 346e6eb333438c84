// How short the texts of an expression are, and of what may follow its beginnings, and whether they are made of some part's texts: seen
// from its parts alone, so that counts cost nothing. Only of expressions without conditions, rules and lists. Knows no tokens.
namespace Majlis.Inference.Grammars;

/// <summary>Not thread-safe.</summary>
sealed class TextLengths(NodeTable table, Derivatives derivatives)
{
    const int MostPairs = 1 << 9;
    const int MostKnown = 1 << 12;
    const int Deepest = 400;
    const long Far = 1 << 30;

    readonly Dictionary<Node, Reach?> reaches = [];
    readonly Dictionary<Node, Node> uncounted = [];
    readonly HashSet<(Node Texts, Node Parts)> made = [], notMade = [];
    int depth;

    /// <param name="Shortest">Bytes of the shortest text.</param>
    /// <param name="Farthest">Whatever a text has begun with, it may end after so many bytes.</param>
    public readonly record struct Reach(long Shortest, long Farthest);

    /// <summary>Null where it is not seen.</summary>
    public Reach? Of(Node node)
    {
        if (reaches.TryGetValue(node, out var known)) return known;
        if (depth == Deepest) return null;
        depth++;
        var reach = Find(node);
        depth--;
        if (reaches.Count >= MostKnown) reaches.Clear();
        // Elsewhere what lies too deep here may be seen.
        if (reach is not null || depth == 0) reaches[node] = reach;
        return reach;
    }

    /// <summary>Every text is a row of the part's texts; false where that is not seen.</summary>
    public bool IsMadeOf(Node node, Node part)
    {
        var start = (Uncounted(node), table.Repeat(part, 0, null));
        return !notMade.Contains(start) && (made.Contains(start) || Holds(start));
    }

    Reach? Find(Node node) => node switch
    {
        EmptyNode => new(0, 0),
        BytesNode => new(1, 1),
        SequenceNode sequence => Of(sequence.First) is { } first && Of(sequence.Rest) is { } rest
            ? Capped(first.Shortest + rest.Shortest, Math.Max(first.Farthest + rest.Shortest, rest.Farthest)) : null,
        AlternationNode alternation => Find(alternation),
        RepeatNode repeat when Of(repeat.Part) is { } part =>
            Capped(repeat.Least * part.Shortest, part.Farthest + Math.Max(0, repeat.Least - 1) * part.Shortest),
        _ => null,
    };

    Reach? Find(AlternationNode alternation)
    {
        var all = new Reach(Far, 0);
        foreach (var part in alternation.Parts)
        {
            if (Of(part) is not { } one) return null;
            all = new(Math.Min(all.Shortest, one.Shortest), Math.Max(all.Farthest, one.Farthest));
        }
        return all;
    }

    static Reach Capped(long shortest, long farthest) => new(Math.Min(Far, shortest), Math.Min(Far, farthest));

    // All texts of the expression and more. Only of what has a reach: so no call goes deeper than that went.
    Node Uncounted(Node node)
    {
        if (uncounted.TryGetValue(node, out var known)) return known;
        if (uncounted.Count >= MostKnown) uncounted.Clear();
        return uncounted[node] = node switch
        {
            SequenceNode sequence => table.Sequence(Uncounted(sequence.First), Uncounted(sequence.Rest)),
            AlternationNode alternation => table.Alternation(alternation.Parts.Select(Uncounted).ToList()),
            RepeatNode repeat => table.Repeat(Uncounted(repeat.Part), 0, null),
            _ => node,
        };
    }

    bool Holds((Node Texts, Node Parts) start)
    {
        var seen = new HashSet<(Node Texts, Node Parts)> { start };
        var open = new Stack<(Node Texts, Node Parts)>(seen);
        while (open.TryPop(out var at))
        {
            if (seen.Count > MostPairs || !Goes(at, seen, open))
            {
                if (notMade.Count >= MostKnown) notMade.Clear();
                notMade.Add(start);
                return false;
            }
        }
        if (made.Count >= MostKnown) made.Clear();
        made.UnionWith(seen);
        return true;
    }

    /// <summary>False where a text has a beginning that no row of parts has, or an end where none ends.</summary>
    bool Goes((Node Texts, Node Parts) at, HashSet<(Node Texts, Node Parts)> seen, Stack<(Node Texts, Node Parts)> open)
    {
        if (at.Texts.IsNullable && !at.Parts.IsNullable) return false;
        foreach (var value in table.Classes.Members)
        {
            var next = (Texts: derivatives.Next(at.Texts, value), Parts: derivatives.Next(at.Parts, value));
            if (next.Texts == table.Nothing) continue;
            if (next.Parts == table.Nothing) return false;
            if (!made.Contains(next) && seen.Add(next)) open.Push(next);
        }
        return true;
    }
}
