// What may follow a byte (Brzozowski's derivatives, https://doi.org/10.1145/321239.321249): the texts of an expression that begin with it,
// without it. With rules in sequences this is a parser whose stack is the expression itself. Knows no tokens.
using System.Runtime.CompilerServices;
using Majlis.Inference.Grammars.Distinct;

namespace Majlis.Inference.Grammars;

/// <summary>Not thread-safe.</summary>
sealed class Derivatives(NodeTable table)
{
    const int StepsUnasked = 16;

    readonly Liveness liveness = new(table);
    DistinctStates? distinct;
    int depth;

    /// <summary>
    /// What may follow <paramref name="value"/>; <see cref="NodeTable.Nothing"/> where no text of the state begins with it.
    /// </summary>
    public Node Next(Node state, byte value)
    {
        if (!state.Begins.Bytes.Contains(value)) return table.Nothing;
        if (table.Follower(state, value) is { } known) return known;
        var next = Find(state, value);
        table.Follow(state, value, next);
        return next;
    }

    /// <summary>The one byte with which every text of the state begins; null where there are several, or none.</summary>
    public byte? Only(Node state)
    {
        byte? only = null;
        for (var index = 0; index < table.Classes.Count; index++)
        {
            if (Next(state, table.Classes.Members[index]) == table.Nothing) continue;
            if (only is not null || !table.Classes.IsSingle(index)) return null;
            only = table.Classes.Members[index];
        }
        return only;
    }

    /// <summary>Whether any text belongs to a regular expression.</summary>
    /// <exception cref="GrammarException">That is too much work to find out.</exception>
    public bool IsLive(Node node) => liveness.Has(node, this);

    /// <summary>Whether a text belongs to the expression.</summary>
    public bool Accepts(Node state, ReadOnlySpan<byte> text)
    {
        foreach (var value in text) state = Next(state, value);
        return state.IsNullable;
    }

    Node Find(Node state, byte value)
    {
        CheckStack();
        var after = state switch
        {
            BytesNode bytes => bytes.Set.Contains(value) ? table.Empty : table.Nothing,
            SequenceNode sequence => After(sequence, value),
            AlternationNode alternation => After(alternation, value),
            RepeatNode repeat => table.Sequence(Next(repeat.Part, value),
                table.Repeat(repeat.Part, Math.Max(0, repeat.Least - 1), repeat.Most - 1)),
            BothNode or NotNode => Living(Raw(state, value)),
            MultipleNode multiple => After(multiple, value),
            RuleNode rule => Next(rule.Body!, value),
            DistinctNode list => (distinct ??= new(table, this)).Next(list, value),
            _ => table.Nothing,
        };
        depth--;
        return after;
    }

    // A deep chain of rules is this request's failure, not the process's. The question takes longer than a step, and a few steps more
    // always fit. What throws leaves the depth as it is: it only says when to ask.
    void CheckStack()
    {
        if (++depth % StepsUnasked == 0) RuntimeHelpers.EnsureSufficientExecutionStack();
    }

    Node After(SequenceNode sequence, byte value)
    {
        var after = table.Sequence(Next(sequence.First, value), sequence.Rest);
        return sequence.First.IsNullable ? table.Alternation(after, Next(sequence.Rest, value)) : after;
    }

    // Of many alternatives few begin alike.
    Node After(AlternationNode alternation, byte value)
    {
        var only = table.Nothing;
        List<Node>? several = null;
        foreach (var part in alternation.Parts)
        {
            if (!part.Begins.Bytes.Contains(value) || Next(part, value) is var next && next == table.Nothing) continue;
            if (only == table.Nothing) only = next;
            else (several ??= [only]).Add(next);
        }
        return several is null ? only : table.Alternation(several);
    }

    Node After(MultipleNode multiple, byte value)
    {
        var (modulus, scale, fraction) = (multiple.Modulus, multiple.Scale, multiple.Fraction);
        if (value == '.') return fraction < 0 ? table.Multiple(modulus, scale, multiple.Remainder, 0) : table.Nothing;
        if (value is < (byte)'0' or > (byte)'9') return table.Nothing;
        // Digits beyond the scale would make a smaller unit: only zeros.
        if (fraction >= scale) return value == '0' ? multiple : table.Nothing;
        var remainder = (int)(((long)multiple.Remainder * 10 + value - '0') % modulus);
        return table.Multiple(modulus, scale, remainder, fraction < 0 ? fraction : fraction + 1);
    }

    /// <summary>The derivative, which may hold no text although it is not <see cref="NodeTable.Nothing"/>.</summary>
    internal Node Raw(Node state, byte value)
    {
        CheckStack();
        var after = state switch
        {
            BothNode both => RawBoth(both, value),
            NotNode not => table.Not(Raw(not.Part, value)),
            _ => Next(state, value),
        };
        depth--;
        return after;
    }

    Node RawBoth(BothNode both, byte value)
    {
        var parts = new Node[both.Parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            parts[i] = Raw(both.Parts[i], value);
            if (parts[i] == table.Nothing) return table.Nothing;
        }
        return table.Both(parts);
    }

    Node Living(Node node) => liveness.Has(node, this) ? node : table.Nothing;
}
