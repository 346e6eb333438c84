// A state as far as one token can see: bounds that no token reaches make no difference, so that a long text of bounded length has one mask
// for almost all of its states. Knows no mask.
namespace Majlis.Inference.Grammars;

/// <summary>Not thread-safe.</summary>
sealed class Horizon
{
    // How many parts of a sequence are looked at: one token rarely passes more.
    const int Near = 4;

    // How deep in a condition bounds are looked for.
    const int Deepest = 16;

    readonly NodeTable table;
    readonly FewStates few;
    readonly TextLengths lengths;
    readonly PartCounts counts;

    public Horizon(NodeTable table, Derivatives derivatives)
    {
        (this.table, few, lengths) = (table, new(table, derivatives), new(table, derivatives));
        counts = new(table, derivatives, lengths);
    }

    /// <summary>A state that goes on with the same tokens of the tree.</summary>
    public Node Of(Node state, TokenTrie trie) => Seen(state, new(trie, counts, WithLonger: false), Near);

    /// <summary>A state that goes on with the same tokens of the tree and of those of longer tokens.</summary>
    public Node OfAll(Node state, TokenTrie trie) => Seen(state, new(trie, counts, WithLonger: true), Near);

    Node Seen(Node state, Sight sight, int parts) => state switch
    {
        SequenceNode sequence when parts > 0 =>
            table.Sequence(Seen(sequence.First, sight, 0), Seen(sequence.Rest, sight, parts - 1)),
        RepeatNode { Part.IsNullable: false } repeat => Seen(repeat, sight),
        BothNode both => Seen(both, sight),
        AlternationNode when lengths.Of(state) is not null => Counted(state, sight, Deepest),
        _ => state,
    };

    Node Seen(RepeatNode repeat, Sight sight)
    {
        var most = repeat.Most is { } bound && bound > sight.Most(repeat.Part) ? null : repeat.Most;
        return repeat.Least > sight.Longest || most != repeat.Most
            ? table.Repeat(repeat.Part, Math.Min(repeat.Least, sight.Longest), most) : repeat;
    }

    /// <summary>
    /// A bound may decide what else that holds at once can still be completed. It does not where without it there are few states, whose
    /// ends are nearer than the bound.
    /// </summary>
    Node Seen(BothNode both, Sight sight)
    {
        if (WithoutLength(both, sight) is { } one) return Counted(one, sight, Deepest);
        var (unbounded, far) = ((Node)both, 0);
        while (true)
        {
            var freer = Bounds.Without(table, both, repeat => IsFar(repeat, sight, far));
            if (freer == unbounded) return freer;
            unbounded = freer;
            if (unbounded == both || few.FarthestEnd(unbounded) is not { } end) return both;
            far = Math.Max(far, end);
        }
    }

    /// <summary>
    /// What else holds beside a far bound of the text's length, if that is one expression without conditions whose texts are of bounded
    /// parts anyway: all that it has begun can be completed before the bound. Else null.
    /// </summary>
    Node? WithoutLength(BothNode both, Sight sight)
    {
        if (both.Parts.Length != 2) return null;
        for (var at = 0; at < 2; at++)
            if (both.Parts[at] is RepeatNode { Least: 0, Most: { } most, Part.IsNullable: false } length
                && lengths.Of(both.Parts[1 - at]) is { } reach && most - reach.Farthest > sight.Most(length.Part)
                && lengths.IsMadeOf(both.Parts[1 - at], length.Part))
                return both.Parts[1 - at];
        return null;
    }

    /// <summary>Of an expression without conditions: its far bounds decide nothing else.</summary>
    Node Counted(Node node, Sight sight, int depth) => depth == 0 || !node.HoldsBounds ? node : node switch
    {
        SequenceNode sequence => table.Sequence(Counted(sequence.First, sight, depth - 1), Counted(sequence.Rest, sight, depth - 1)),
        AlternationNode alternation => table.Alternation(alternation.Parts.Select(part => Counted(part, sight, depth - 1))),
        RepeatNode { Part.IsNullable: false } repeat => Seen(repeat, sight),
        _ => node,
    };

    // What is repeated begins no earlier than here, so its bounds are no nearer. far: bytes from the end of a token to an end of the text.
    static bool IsFar(RepeatNode repeat, Sight sight, int far) => repeat is { Most: { } most, Part.IsNullable: false }
        && most > far && most - far > Math.Max(repeat.Least, sight.Most(repeat.Part));

    /// <summary>What the tokens of a tree, or of it and those of longer tokens, can pass of a state.</summary>
    readonly record struct Sight(TokenTrie Trie, PartCounts Counts, bool WithLonger)
    {
        /// <summary>In bytes.</summary>
        public int Longest => WithLonger ? Trie.Longest : Trie.Depth;

        /// <summary>In repetitions of a part.</summary>
        public int Most(Node part) => WithLonger ? Counts.OfAll(part, Trie) : Counts.Of(part, Trie);
    }
}
