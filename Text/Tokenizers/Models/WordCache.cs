// Pieces met before and their tokens. Bounded, lock-free: each slot holds one immutable entry, and a newer one replaces it.
namespace Majlis.Text.Tokenizers.Models;

/// <summary>One cached piece: its ids, and the UTF-16 range of each as (start, end) bytes.</summary>
sealed record CachedWord(string Text, int[] Ids, byte[] Bounds)
{
    public void AddTo(TokenSink sink, TextSlice piece)
    {
        if (!sink.Tracked) sink.Ids.AddRange(Ids);
        else
            for (var i = 0; i < Ids.Length; i++) sink.Add(Ids[i], piece, Bounds[2 * i], Bounds[2 * i + 1]);
    }
}

sealed class WordCache
{
    /// <summary>Longer pieces are rare and not kept; bounds fit a byte below this.</summary>
    public const int MaxLength = 64;

    const int Slots = 1 << 16;

    readonly CachedWord?[] entries = new CachedWord?[Slots];

    /// <summary>Reads and writes of a reference are atomic, so a racing reader sees an old entry or a new one, each whole.</summary>
    public CachedWord? Find(ReadOnlySpan<char> text, out int slot)
    {
        slot = string.GetHashCode(text) & Slots - 1;
        var entry = Volatile.Read(ref entries[slot]);
        return entry is not null && text.SequenceEqual(entry.Text) ? entry : null;
    }

    public void Store(int slot, CachedWord piece) => Volatile.Write(ref entries[slot], piece);
}
