// Turns text into GPT-2's alphabet of 256 characters, one for each UTF-8 byte; the regex split comes before it.
using System.Text;
using Majlis.Text.Tokenizers.Normalizers;

namespace Majlis.Text.Tokenizers.Splitting;

sealed class ByteLevelSplitter : Splitter
{
    public override void Split(TextSlice slice, AlignedText scratch, SplitterFlow next)
    {
        scratch.Clear(slice.Tracked);
        ByteAlphabet.Write(slice, scratch);
        next.Push(scratch.Slice);
    }
}

/// <summary>Prepends a text to the slice, unless the slice begins with it (ByteLevel's add_prefix_space).</summary>
sealed class PrefixSplitter(char prefix) : Splitter
{
    public override void Split(TextSlice slice, AlignedText scratch, SplitterFlow next)
    {
        if (slice.Text[0] == prefix)
        {
            next.Push(slice);
            return;
        }
        scratch.Clear(slice.Tracked);
        Prepending.Write(prefix.ToString(), slice, scratch);
        next.Push(scratch.Slice);
    }
}

static class ByteAlphabet
{
    static readonly char[] charOf = Build();
    static readonly short[] byteOf = Invert(charOf);

    public static char CharOf(byte value) => charOf[value];

    /// <summary>The byte a character stands for, or -1.</summary>
    public static int ByteOf(char unit) => unit < byteOf.Length ? byteOf[unit] : -1;

    public static void Write(TextSlice slice, AlignedText target)
    {
        Span<byte> bytes = stackalloc byte[4];
        Span<char> units = stackalloc char[4];
        for (var i = 0; i < slice.Text.Length;)
        {
            var codePoint = CodePoints.At(slice.Text, i);
            var count = new Rune(codePoint).EncodeToUtf8(bytes);
            for (var k = 0; k < count; k++) units[k] = charOf[bytes[k]];
            target.Append(units[..count], slice.Tracked ? slice.Starts[i] : 0, slice.Tracked ? slice.Ends[i] : 0);
            i += CodePoints.Size(codePoint);
        }
    }

    /// <summary>Printable Latin-1 bytes map to themselves, the others to U+0100 and on, in order.</summary>
    static char[] Build()
    {
        var chars = new char[256];
        var next = 256;
        for (var value = 0; value < 256; value++)
            chars[value] = value is >= '!' and <= '~' or >= 0xA1 and <= 0xAC or >= 0xAE ? (char)value : (char)next++;
        return chars;
    }

    static short[] Invert(char[] chars)
    {
        var bytes = new short[chars.Max() + 1];
        Array.Fill(bytes, (short)-1);
        for (var value = 0; value < 256; value++) bytes[chars[value]] = (short)value;
        return bytes;
    }
}
