// Tokens and their ids, both ways. Ids may have gaps; two tokens may share an id (the id then maps to the later one).
// Its own hash table: a Dictionary with span look-up is compiled at run time, which would delay a server's start.
using System.Runtime.CompilerServices;

namespace Majlis.Text.Tokenizers;

/// <summary>A model's own tokens, without added ones. Filled once, then only read.</summary>
public sealed class Vocabulary
{
    /// <summary>More ids than any model has; a larger id in a file would only reserve memory.</summary>
    public const int MaxId = 1 << 22;

    (string Token, int Id)[] entries;
    string?[] tokens;
    int[] slots;

    public Vocabulary(int capacity)
    {
        entries = new (string, int)[capacity];
        tokens = new string?[capacity];
        slots = new int[Math.Max(16, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)capacity * 2))];
    }

    /// <summary>Highest id + 1.</summary>
    public int Size { get; private set; }

    /// <summary>All tokens with their ids, in the order of addition.</summary>
    public IEnumerable<(string Token, int Id)> Entries => entries.Take(Count);

    public int Count { get; private set; }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(string token, int id)
    {
        if (id >= tokens.Length) Array.Resize(ref tokens, Math.Max(id + 1, Math.Min(tokens.Length * 2, MaxId)));
        tokens[id] = token;
        Size = Math.Max(Size, id + 1);
        if (2 * Count >= slots.Length) Grow();
        var slot = Slot(token);
        if (slots[slot] > 0)
        {
            entries[slots[slot] - 1] = (token, id);
            return;
        }
        if (Count == entries.Length) Array.Resize(ref entries, Math.Max(16, 2 * Count));
        entries[Count++] = (token, id);
        slots[slot] = Count;
    }

    public string? Token(int id) => (uint)id < (uint)Size ? tokens[id] : null;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool TryGetId(ReadOnlySpan<char> token, out int id)
    {
        var entry = slots[Slot(token)];
        id = entry > 0 ? entries[entry - 1].Id : -1;
        return entry > 0;
    }

    public int? Id(ReadOnlySpan<char> token) => TryGetId(token, out var id) ? id : null;

    /// <summary>The slot that holds the token's entry number (from 1), or the empty slot where it would go.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    int Slot(ReadOnlySpan<char> token)
    {
        var slot = string.GetHashCode(token) & slots.Length - 1;
        while (slots[slot] > 0 && !token.SequenceEqual(entries[slots[slot] - 1].Token)) slot = slot + 1 & slots.Length - 1;
        return slot;
    }

    void Grow()
    {
        slots = new int[slots.Length * 2];
        for (var i = 0; i < Count; i++) slots[Slot(entries[i].Token)] = i + 1;
    }
}
