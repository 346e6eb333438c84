// SentencePiece's precompiled character map: a double-array trie from texts to their replacements, as one binary blob.
using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Majlis.Text.Tokenizers.Normalizers;

/// <summary>Applies the map by graphemes (short ones whole, else character by character), as the Rust library does.</summary>
sealed class PrecompiledMap(uint[] trie, byte[] replacements) : Normalizer
{
    public static PrecompiledMap Read(JsonField field)
    {
        var map = field.Field("precompiled_charsmap");
        try
        {
            return Parse(Convert.FromBase64String(map.Text()), $"{map.File}: {map.Path}");
        }
        catch (FormatException)
        {
            throw map.Wrong("is not base64");
        }
    }

    /// <summary>Layout: u32 size of the trie in bytes, the trie as u32 units, then zero-terminated replacement texts.</summary>
    public static PrecompiledMap Parse(ReadOnlySpan<byte> blob, string place)
    {
        var size = blob.Length < 4 ? uint.MaxValue : BinaryPrimitives.ReadUInt32LittleEndian(blob);
        if (size % 4 != 0 || size > blob.Length - 4)
            throw new ModelFormatException($"{place} claims a trie of {size} bytes in {blob.Length}.");
        var units = new uint[size / 4];
        for (var i = 0; i < units.Length; i++) units[i] = BinaryPrimitives.ReadUInt32LittleEndian(blob[(4 + 4 * i)..]);
        return new PrecompiledMap(units, blob[(int)(4 + size)..].ToArray());
    }

    public override bool TryRewrite(TextSlice slice, AlignedText target)
    {
        var steps = new List<(Rune Rune, int Change)>(slice.Text.Length);
        var changed = false;
        for (var start = 0; start < slice.Text.Length;)
        {
            var length = StringInfo.GetNextTextElementLength(slice.Text[start..]);
            var grapheme = slice.Text.Slice(start, length);
            if (Encoding.UTF8.GetByteCount(grapheme) < 6 && Find(grapheme) is { } whole) Replace(grapheme, whole, steps, ref changed);
            else
                for (var i = 0; i < length;)
                {
                    var rune = new Rune(CodePoints.At(grapheme, i));
                    var part = grapheme.Slice(i, rune.Utf16SequenceLength);
                    if (Find(part) is { } single) Replace(part, single, steps, ref changed);
                    else steps.Add((rune, 0));
                    i += part.Length;
                }
            start += length;
        }
        if (!changed) return false;
        var writer = new Rewriter(slice, target);
        foreach (var (rune, change) in steps) writer.Put(rune, change);
        return true;
    }

    /// <summary>
    /// Adds the replacement's runes, each with its change to the original. If the replacement is shorter, the last step so far swallows the
    /// missing characters; if there is no step yet, none does, and the text after it shifts, as in the Rust library.
    /// </summary>
    static void Replace(ReadOnlySpan<char> old, string replacement, List<(Rune Rune, int Change)> steps, ref bool changed)
    {
        changed = true;
        var more = 0;
        foreach (var _ in old.EnumerateRunes()) more--;
        foreach (var rune in replacement.EnumerateRunes())
        {
            steps.Add((rune, 0));
            more++;
        }
        for (var i = 1; i <= more; i++) steps[^i] = (steps[^i].Rune, 1);
        if (more < 0 && steps.Count > 0) steps[^1] = (steps[^1].Rune, steps[^1].Change + more);
    }

    /// <summary>The replacement of the shortest prefix in the trie, or null.</summary>
    string? Find(ReadOnlySpan<char> text)
    {
        Span<byte> bytes = stackalloc byte[8];
        if (!Encoding.UTF8.TryGetBytes(text, bytes, out var count) || trie.Length == 0) return null;
        var node = Offset(trie[0]);
        foreach (var value in bytes[..count])
        {
            if (value == 0) break;
            node ^= value;
            if (node >= (uint)trie.Length) return null;
            var unit = trie[node];
            if ((unit & 0x8000_00FF) != value) return null;
            node ^= Offset(unit);
            if ((unit >> 8 & 1) == 0) continue;
            return node < (uint)trie.Length ? Text((int)(trie[node] & 0x7FFF_FFFF)) : null;
        }
        return null;
    }

    static uint Offset(uint unit) => unit >> 10 << (int)((unit & 1u << 9) >> 6);

    string? Text(int start)
    {
        if (start >= replacements.Length) return null;
        var end = Array.IndexOf(replacements, (byte)0, start);
        return Encoding.UTF8.GetString(replacements.AsSpan(start, (end < 0 ? replacements.Length : end) - start));
    }
}
