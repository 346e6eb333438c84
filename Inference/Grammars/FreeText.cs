// States after which text may go on freely, as inside a JSON string: all tokens of plain characters may come then, and only the others
// need a look. A plain character is one that JSON does not escape. Knows no tokens.
using System.Text.Unicode;
using Majlis.Inference.Grammars.Characters;
using Majlis.Inference.Grammars.Distinct;

namespace Majlis.Inference.Grammars;

/// <summary>Not thread-safe.</summary>
sealed class FreeText(NodeTable table, Derivatives derivatives)
{
    static readonly CharacterSet plain = CharacterSet.Of((0, 0x1F), ('"', '"'), ('\\', '\\')).Not();

    // Pairs of a state and a place in a character that are looked at.
    const int MostPairs = 512;

    const int MostKnown = 1 << 12;

    readonly Node character = Spelling.Plain(table).Of(plain);
    readonly Dictionary<Node, bool> taken = [];
    readonly HashSet<Node> open = [], closed = [];

    /// <summary>Whole plain characters.</summary>
    public static bool IsPlain(ReadOnlySpan<byte> text) =>
        Utf8.IsValid(text) && !text.ContainsAnyInRange((byte)0, (byte)0x1F) && !text.ContainsAny((byte)'"', (byte)'\\');

    /// <summary>Every text of so many plain characters may come next; 0 where that is not seen at once.</summary>
    public int Reach(Node state) => state switch
    {
        SequenceNode sequence => Reach(sequence.First),
        AlternationNode alternation => alternation.Parts.Max(Reach),
        BothNode both => IsOpen(both) ? int.MaxValue : Reach(both),
        DistinctNode entry => Reach(entry),
        RepeatNode repeat when Takes(repeat.Part) => repeat.Most ?? int.MaxValue,
        _ => 0,
    };

    bool IsOpen(BothNode both)
    {
        if (open.Contains(both) || closed.Contains(both)) return open.Contains(both);
        if (open.Count + closed.Count > MostKnown)
        {
            open.Clear();
            closed.Clear();
        }
        if (LooksOpen(both)) return true;
        closed.Add(both);
        return false;
    }

    /// <summary>Whether plain characters lead to few states, and all of them go on with every plain character.</summary>
    bool LooksOpen(BothNode start)
    {
        var seen = new HashSet<(Node State, Node Within)> { (start, character) };
        var left = new Stack<(Node State, Node Within)>(seen);
        while (left.TryPop(out var at))
            foreach (var value in table.Classes.Members)
            {
                var rest = derivatives.Next(at.Within, value);
                if (rest == table.Nothing) continue;
                var next = derivatives.Next(at.State, value);
                if (next == table.Nothing) return false;
                var pair = (next, rest == table.Empty ? character : rest);
                if (!seen.Add(pair)) continue;
                if (seen.Count > MostPairs) return false;
                left.Push(pair);
            }
        open.UnionWith(seen.Where(pair => pair.Within == character).Select(pair => pair.State));
        return true;
    }

    // Of all the texts that go on by one character and more, a finite set excludes some only.
    int Reach(BothNode both)
    {
        var reach = both.Parts.Where(part => part is not NotNode { Part.IsFinite: true }).Select(Reach).DefaultIfEmpty(0).Min();
        return reach is 0 or int.MaxValue || !both.Parts.Any(part => part is NotNode) ? reach : reach - 1;
    }

    // Of all the texts that go on by one character and more, the keys before exclude some only.
    int Reach(DistinctNode entry)
    {
        var reach = Reach(entry.Key);
        return reach is 0 or int.MaxValue || entry.Rivals.Length == 0 ? reach : reach - 1;
    }

    bool Takes(Node part)
    {
        if (!part.IsRegular) return false;
        if (!taken.TryGetValue(part, out var all)) all = taken[part] = Holds(part, character, []);
        return all;
    }

    /// <summary>Whether every text of <paramref name="some"/> belongs to <paramref name="all"/>.</summary>
    bool Holds(Node all, Node some, HashSet<(Node, Node)> seen)
    {
        if (!seen.Add((all, some))) return true;
        if (some.IsNullable && !all.IsNullable) return false;
        foreach (var value in table.Classes.Members)
        {
            var (next, rest) = (derivatives.Next(some, value), derivatives.Next(all, value));
            if (next != table.Nothing && (rest == table.Nothing || !Holds(rest, next, seen))) return false;
        }
        return true;
    }
}
