// A growing text with the original range of each of its UTF-16 units, and the writer that fills it while rewriting a slice.
// The alignment follows Hugging Face's NormalizedString.transform: a rune replaces, is inserted, or swallows what follows.
using System.Text;

namespace Majlis.Text.Tokenizers;

/// <summary>A reusable buffer; its slices are valid until it is cleared or written again.</summary>
sealed class AlignedText
{
    char[] text = new char[64];
    int[] starts = [];
    int[] ends = [];
    int length;
    bool tracked;

    public TextSlice Slice => tracked
        ? new TextSlice(text.AsSpan(0, length), starts.AsSpan(0, length), ends.AsSpan(0, length))
        : new TextSlice(text.AsSpan(0, length), [], []);

    public void Clear(bool track)
    {
        length = 0;
        tracked = track;
    }

    public void Append(ReadOnlySpan<char> units, int start, int end)
    {
        Reserve(units.Length);
        units.CopyTo(text.AsSpan(length));
        if (tracked)
        {
            starts.AsSpan(length, units.Length).Fill(start);
            ends.AsSpan(length, units.Length).Fill(end);
        }
        length += units.Length;
    }

    public void Append(TextSlice slice)
    {
        Reserve(slice.Text.Length);
        slice.Text.CopyTo(text.AsSpan(length));
        slice.Starts.CopyTo(tracked ? starts.AsSpan(length) : []);
        slice.Ends.CopyTo(tracked ? ends.AsSpan(length) : []);
        length += slice.Text.Length;
    }

    /// <summary>The whole original text; each unit is its own origin (both units of a surrogate pair have the pair as origin).</summary>
    public void FillWithOriginal(ReadOnlySpan<char> original)
    {
        Clear(track: true);
        for (var i = 0; i < original.Length;)
        {
            var size = char.IsHighSurrogate(original[i]) ? 2 : 1;
            Append(original.Slice(i, size), i, i + size);
            i += size;
        }
    }

    void Reserve(int more)
    {
        if (length + more > text.Length) Array.Resize(ref text, Math.Max(text.Length * 2, length + more));
        if (!tracked || starts.Length >= text.Length) return;
        Array.Resize(ref starts, text.Length);
        Array.Resize(ref ends, text.Length);
    }
}

/// <summary>Rewrites <paramref name="source"/> into <paramref name="target"/>, rune by rune, with origins.</summary>
ref struct Rewriter(TextSlice source, AlignedText target)
{
    readonly TextSlice source = source;
    int position;

    /// <summary>Replaces the next rune of the source and <paramref name="swallowed"/> runes after it.</summary>
    public void Replace(Rune rune, int swallowed = 0)
    {
        Span<char> units = stackalloc char[2];
        var at = Math.Min(position, source.Starts.Length - 1);
        var (start, end) = source.Tracked ? (source.Starts[at], source.Ends[at]) : (0, 0);
        target.Append(units[..rune.EncodeToUtf16(units)], start, end);
        Drop(1 + swallowed);
    }

    /// <summary>Inserts a rune: it shares the origin of the rune before it in the source.</summary>
    public readonly void Insert(Rune rune)
    {
        Span<char> units = stackalloc char[2];
        var (start, end) = !source.Tracked ? (0, 0)
            : position == 0 ? (source.Starts[0], source.Starts[0])
            : (source.Starts[position - 1], source.Ends[position - 1]);
        target.Append(units[..rune.EncodeToUtf16(units)], start, end);
    }

    /// <summary>A rune as the Rust library's iterators give it: above 0 inserted, 0 replaced, -n replaced with n more swallowed.</summary>
    public void Put(Rune rune, int change)
    {
        if (change > 0) Insert(rune);
        else Replace(rune, -change);
    }

    void Drop(int runes)
    {
        for (; runes > 0 && position < source.Text.Length; runes--)
            position += char.IsHighSurrogate(source.Text[position]) && position + 1 < source.Text.Length ? 2 : 1;
    }

    /// <summary>Copies the next <paramref name="units"/> UTF-16 units unchanged.</summary>
    public void Keep(int units)
    {
        target.Append(source.Slice(position, units));
        position += units;
    }
}
