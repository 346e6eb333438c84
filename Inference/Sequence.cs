// One prompt and its output, as the scheduler sees it: tokens, how many of them are cached, and the blocks that hold them. Knows no text,
// no clock, no request.
using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Majlis.Inference;

/// <summary>Used by one thread.</summary>
public sealed class Sequence
{
    /// <summary>Lower <see cref="Priority"/> goes first, then lower <see cref="Turn"/>, then lower <see cref="Number"/>.</summary>
    public static Comparer<Sequence> Rank { get; } = Comparer<Sequence>.Create((one, other) =>
        one.Priority != other.Priority ? one.Priority.CompareTo(other.Priority)
        : one.Turn != other.Turn ? one.Turn.CompareTo(other.Turn) : one.Number.CompareTo(other.Number));

    /// <summary>Within a priority, what has the fewest tokens left to compute; of equals, the older.</summary>
    public static Comparer<Sequence> ShortestFirst { get; } = Comparer<Sequence>.Create((one, other) =>
        one.Priority != other.Priority || one.Remaining == other.Remaining ? Rank.Compare(one, other)
        : one.Remaining.CompareTo(other.Remaining));

    readonly List<int> tokens;
    readonly List<BlockKey> keys = [];
    BlockKey root;
    ImmutableArray<ImmutableArray<int>> blockTables;

    /// <param name="number">Order of arrival; unique.</param>
    /// <param name="client">Whose it is; empty where that is not known, and all of those count as one client.</param>
    public Sequence(long number, ReadOnlySpan<int> prompt, BlockKey root, int priority = 0, string client = "")
    {
        if (prompt.IsEmpty) throw new ArgumentException("A sequence needs at least one prompt token.", nameof(prompt));
        (Number, Priority, Client, PromptLength, Known, this.root) = (number, priority, client, prompt.Length, prompt.Length, root);
        tokens = new List<int>(prompt.Length + 64);
        tokens.AddRange(prompt);
    }

    public long Number { get; }

    public int Priority { get; }

    public string Client { get; }

    /// <summary>Its place among clients (<see cref="Turns"/>); changes only while it is in no queue.</summary>
    public long Turn { get; internal set; }

    public int PromptLength { get; }

    /// <summary>The tokens known when its first key was computed: the prompt's, or more where it was computed anew.</summary>
    public int Known { get; private set; }

    public int Length => tokens.Count;

    public ReadOnlySpan<int> Tokens => CollectionsMarshal.AsSpan(tokens);

    public ReadOnlySpan<int> Prompt => Tokens[..PromptLength];

    public ReadOnlySpan<int> Output => Tokens[PromptLength..];

    /// <summary>Leading tokens whose keys and values are in the cache.</summary>
    public int Computed { get; internal set; }

    public int Remaining => Length - Computed;

    /// <summary>
    /// The logits of its prompt are wanted from this position on, so no cached block may stand for tokens behind it; int.MaxValue where
    /// only the last token's are.
    /// </summary>
    public int FirstWanted { get; internal set; } = int.MaxValue;

    /// <summary>Leading tokens that cached blocks may stand for: never the last, which is left to compute.</summary>
    internal int Reusable => IsReadWhole ? 0 : Math.Min(Length - 1, FirstWanted);

    /// <summary>Every token is computed, whatever is cached.</summary>
    internal bool IsReadWhole { get; init; }

    /// <summary>Tokens in the current step; 0 when it has no part in it.</summary>
    public int Scheduled { get; internal set; }

    /// <summary>
    /// Guesses of the tokens behind its last: a step may compute some of them with it. Tokens of the sequence only once they are appended.
    /// </summary>
    internal int[] Guesses { get; set; } = [];

    /// <summary>How many guesses are among the tokens of the current step.</summary>
    public int Guessed { get; internal set; }

    /// <summary>Prompt tokens found in the prefix cache at the first admission; null before.</summary>
    public int? CachedPrompt { get; internal set; }

    /// <summary>Tokens that were not found in the prefix cache, read since or not.</summary>
    public int NotCached => Length - (CachedPrompt ?? Computed);

    /// <summary>[group][i]: the block of positions i * size and following; -1 after a window has passed it.</summary>
    internal List<int>[] Tables { get; set; } = [];

    /// <summary>The same, immutable, for a network. Kept until a table changes, which is once per block and not once per token.</summary>
    public ImmutableArray<ImmutableArray<int>> BlockTables =>
        blockTables.IsDefault ? blockTables = [.. Tables.Select(table => table.ToImmutableArray())] : blockTables;

    public void Append(int token) => tokens.Add(token);

    /// <summary>Its keys will be others, from the first token on. It must hold no blocks.</summary>
    internal void Renew(BlockKey next)
    {
        keys.Clear();
        (root, Known) = (next, Length);
    }

    /// <summary>The key of block <paramref name="index"/>, whose tokens must all be known.</summary>
    internal BlockKey Key(int index, int blockSize)
    {
        while (keys.Count <= index)
            keys.Add((keys.Count == 0 ? root : keys[^1]).Then(Tokens.Slice(keys.Count * blockSize, blockSize)));
        return keys[index];
    }

    internal void TablesChanged() => blockTables = default;
}
