// Recent words and their tokens. Bounded and lock-free: each slot holds one immutable entry, and a newer one replaces it.
namespace Majlis.Text.Tokenizers.Models;

/// <summary>A cached word: its ids, and the UTF-16 range of each as (start, end) bytes.</summary>
sealed record CachedWord(string Text, int[] Ids, byte[] Bounds)
{
    public void AddTo(TokenSink sink, TextSlice slice)
    {
        if (!sink.Tracked) sink.Ids.AddRange(Ids);
        else
            for (var i = 0; i < Ids.Length; i++) sink.Add(Ids[i], slice, Bounds[2 * i], Bounds[2 * i + 1]);
    }
}

sealed class WordCache
{
    /// <summary>Longer words are rare and not cached; a range fits into bytes below this length.</summary>
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

    public void Store(int slot, CachedWord word) => Volatile.Write(ref entries[slot], word);
}
