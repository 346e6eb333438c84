// Alternatives that repeat the same part before the same rest are one where their numbers of times touch. Of nested bounds, as in
// (.{1,63}\.){1,127}, they would differ in what is left of a bound alone, and become more with every byte. Knows no other expression.
namespace Majlis.Inference.Grammars;

static class RepeatRanges
{
    /// <summary>The same texts in fewer alternatives; whether there were any to unite.</summary>
    public static bool Unite(NodeTable table, List<Node> parts)
    {
        Dictionary<(Node Part, Node Behind), int>? places = null;
        var (first, united) = (-1, false);
        for (var i = 0; i < parts.Count; i++)
        {
            if (Repeated(parts[i]) is not { } repeat) continue;
            if (first < 0)
            {
                first = i;
                continue;
            }
            places ??= new() { [Key(table, parts[first])] = first };
            var key = Key(table, parts[i]);
            if (!places.TryGetValue(key, out var place)) places[key] = i;
            else if (Union(table, Repeated(parts[place])!, repeat) is { } both)
                (parts[place], parts[i], united) = (table.Sequence(both, key.Behind), table.Nothing, true);
        }
        if (united) parts.RemoveAll(part => part == table.Nothing);
        return united;
    }

    static RepeatNode? Repeated(Node node) => node as RepeatNode ?? (node as SequenceNode)?.First as RepeatNode;

    static (Node Part, Node Behind) Key(NodeTable table, Node node) =>
        (Repeated(node)!.Part, node is SequenceNode sequence ? sequence.Rest : table.Empty);

    /// <summary>Null where the ranges leave a gap.</summary>
    static Node? Union(NodeTable table, RepeatNode one, RepeatNode other)
    {
        if (one.Least > other.Least) (one, other) = (other, one);
        if (one.Most < other.Least - 1) return null;
        return table.Repeat(one.Part, one.Least, one.Most is { } most && other.Most is { } bound ? Math.Max(most, bound) : null);
    }
}
