// Whether a list that must have so many entries has keys enough that differ: a grammar that could not go on is refused. Knows no notation.
using System.Runtime.CompilerServices;

namespace Majlis.Inference.Grammars.Distinct;

sealed class KeyCount(NodeTable table, Derivatives derivatives)
{
    const int Most = 4096;

    static readonly ByteSet space = ByteSet.Of((byte)' ') | ByteSet.Of((byte)'\t') | ByteSet.Of((byte)'\n') | ByteSet.Of((byte)'\r');

    readonly HashSet<RuleNode> within = [];

    /// <exception cref="GrammarException">So many are not to be seen.</exception>
    public void Check(DistinctList list)
    {
        if (list.Least > Most)
            throw new GrammarException($"At {list.Place}: {list.Least} entries that differ are asked for; {Most} at most can be.");
        // Of the further entries, which are alike, the last has most before it.
        foreach (var index in Enumerable.Range(1, Math.Min(list.Alternatives, list.Least) - 1).Append(list.Least - 1))
            if (index > 0 && list.At(index).Sum(one => (long)AtLeast(one.Key, index + 1)) <= index)
                throw new GrammarException($"At {list.Place}: {list.Least} entries that differ are asked for, and there may be fewer.");
    }

    /// <summary>A lower bound of how many texts there are that differ in more than white space, at most so many.</summary>
    int AtLeast(Node node, int most)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        switch (node)
        {
            case RepeatNode { Part: BytesNode bytes } when (bytes.Set & ~space).IsEmpty:
                return 1;
            case SequenceNode sequence:
                var first = AtLeast(sequence.First, most);
                return (int)Math.Min(most, (long)first * AtLeast(sequence.Rest, most));
            case { IsRegular: true }:
                return Texts(node, most, []);
            case AlternationNode alternation:
                return alternation.Parts.Max(part => AtLeast(part, most));
            case RepeatNode repeat:
                return repeat.Most is null ? most : Math.Min(most, repeat.Most.Value - repeat.Least + 1);
            case DistinctNode { List: var list }:
                return list.Most is null ? most : 1;
            case RuleNode rule when within.Add(rule):
                var count = AtLeast(rule.Body!, most);
                within.Remove(rule);
                return count;
            default:
                return 1;
        }
    }

    /// <summary>Of a regular expression; where a state comes again, the texts have no end.</summary>
    int Texts(Node state, int most, HashSet<Node> path)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        if (!path.Add(state)) return most;
        var count = state.IsNullable ? 1 : 0;
        for (var value = 0; value < 256 && count < most; value++)
            if (derivatives.Next(state, (byte)value) is var next && next != table.Nothing) count += Texts(next, most - count, path);
        path.Remove(state);
        return Math.Min(count, most);
    }
}
