// Turns text into GPT-2's alphabet of 256 characters, one for each byte of its UTF-8; the splitting by regex comes before it.
using System.Text;
using Majlis.Text.Tokenizers.Normalizers;

namespace Majlis.Text.Tokenizers.Splitting;

sealed class ByteLevelSplitter : Splitter
{
    public override void Split(TextSlice piece, AlignedText scratch, PieceFlow next)
    {
        scratch.Clear(piece.Tracked);
        ByteAlphabet.Write(piece, scratch);
        next.Push(scratch.Slice);
    }
}

/// <summary>Puts a text before the piece, unless it begins with it already (ByteLevel's add_prefix_space).</summary>
sealed class PrefixSplitter(char prefix) : Splitter
{
    public override void Split(TextSlice piece, AlignedText scratch, PieceFlow next)
    {
        if (piece.Text[0] == prefix)
        {
            next.Push(piece);
            return;
        }
        scratch.Clear(piece.Tracked);
        Prepending.Write(prefix.ToString(), piece, scratch);
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

    public static void Write(TextSlice piece, AlignedText target)
    {
        Span<byte> bytes = stackalloc byte[4];
        Span<char> units = stackalloc char[4];
        for (var i = 0; i < piece.Text.Length;)
        {
            var codePoint = CodePoints.At(piece.Text, i);
            var count = new Rune(codePoint).EncodeToUtf8(bytes);
            for (var k = 0; k < count; k++) units[k] = charOf[bytes[k]];
            target.Append(units[..count], piece.Tracked ? piece.Starts[i] : 0, piece.Tracked ? piece.Ends[i] : 0);
            i += CodePoints.Size(codePoint);
        }
    }

    /// <summary>Printable Latin-1 bytes stand for themselves, the others for U+0100 and on, in order.</summary>
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
