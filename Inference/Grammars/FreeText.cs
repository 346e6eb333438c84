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

    // Characters, beyond those of any token: more room is not asked for.
    const int LongestRoom = 1 << 10;

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

    /// <summary>Each part alone is no more than a bound: what one still asks for needs room in the others, whatever has come.</summary>
    int Reach(BothNode both)
    {
        Node[] parts = [.. both.Parts.Where(part => part is not NotNode { Part.IsFinite: true })];
        var most = parts.Length == 0 ? 0 : parts.Min(Reach);
        if (most == 0) return 0;
        // Of all the texts that go on by one character and more, a finite set excludes some only.
        if (parts.Length == 1) return most == int.MaxValue ? most : most - 1;
        if (parts.Length < both.Parts.Length) return 0;
        var least = 0;
        for (most = Math.Min(most, LongestRoom); least < most;)
        {
            var middle = (least + most + 1) / 2;
            if (HasRoom(parts, middle)) least = middle;
            else most = middle - 1;
        }
        return least;
    }

    bool HasRoom(Node[] parts, int reach)
    {
        var rests = Array.ConvertAll(parts, part => Rest(part, reach));
        return Array.TrueForAll(rests, rest => rest is not null) && derivatives.IsLive(table.Both(rests!));
    }

    /// <summary>Texts that may follow whatever so many plain characters, or fewer, have come; null where none are seen.</summary>
    Node? Rest(Node part, int reach) => part switch
    {
        RepeatNode { Most: null } repeat when Takes(repeat.Part) => repeat,
        RepeatNode { Most: { } most } repeat when Takes(repeat.Part) && most - reach >= repeat.Least =>
            table.Repeat(repeat.Part, repeat.Least, most - reach),
        SequenceNode sequence when Rest(sequence.First, reach) is { } first => table.Sequence(first, sequence.Rest),
        AlternationNode alternation => Any(alternation.Parts.Select(one => Rest(one, reach)).OfType<Node>()),
        _ => null,
    };

    Node? Any(IEnumerable<Node> rests) => table.Alternation(rests) is var any && any == table.Nothing ? null : any;

    // Of all the texts that go on by one character and more, the keys before exclude some only.
    int Reach(DistinctNode entry)
    {
        var reach = Reach(entry.Key);
        if (reach is 0 or int.MaxValue || entry.Rivals.Length == 0) return reach;
        // Of what conditions leave, little may be left.
        return entry.Key.HoldsConditions ? 0 : reach - 1;
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
