// A compiled grammar: the texts a model may write. Independent of any vocabulary; what it learns about its states serves later requests.
// Knows no notation and no tokens.
using Majlis.Inference.Grammars.Distinct;

namespace Majlis.Inference.Grammars;

/// <summary>Shared by all requests that name it. Its states are used under <see cref="Gate"/>.</summary>
public sealed class Grammar
{
    /// <exception cref="GrammarException">No text belongs to the grammar; <paramref name="contradiction"/> says so.</exception>
    internal Grammar(NodeTable table, Node start, string contradiction)
    {
        (Table, Derivatives) = (table, new(table));
        Nullability.Settle(table);
        var productivity = new Productivity(table, Derivatives);
        start = productivity.Prune(start);
        if (start == table.Nothing)
            throw new GrammarException(productivity.Fault is { } place ? $"At {place}: {contradiction}" : contradiction);
        foreach (var list in productivity.Lists) new KeyCount(table, Derivatives).Check(list);
        new LeftRecursion(table).Remove();
        Start = start;
        Masks = new(table, Derivatives);
        table.Keep();
        Masks.Prepare(table.Kept);
    }

    internal NodeTable Table { get; }

    internal Derivatives Derivatives { get; }

    internal Node Start { get; }

    internal MaskCache Masks { get; }

    internal Lock Gate { get; } = new();

    /// <summary>The memory that it takes, about; grows while texts are written, up to a bound. Any thread may ask.</summary>
    public long MemoryBytes => Table.MemoryBytes + Masks.MemoryBytes;

    /// <summary>Whether a whole text, as UTF-8, belongs to the grammar.</summary>
    public bool Accepts(ReadOnlySpan<byte> text)
    {
        lock (Gate)
        {
            Table.BeginWork();
            return Derivatives.Accepts(Start, text);
        }
    }
}
