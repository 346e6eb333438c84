// One step of normalisation: rewrites a piece of text, carrying along where each character came from.
using System.Text;
using Majlis.Text.Tokenizers.Patterns;
using Majlis.Text.Tokenizers.Splitting;

namespace Majlis.Text.Tokenizers.Normalizers;

/// <summary>Immutable; safe for concurrent use.</summary>
abstract class Normalizer
{
    /// <summary>Writes the normalised piece to <paramref name="target"/>; false when nothing changes and nothing was written.</summary>
    public abstract bool TryRewrite(TextSlice piece, AlignedText target);
}

/// <summary>Steps one after another, over two buffers in turn. One call at a time.</summary>
sealed class NormalizerFlow(IReadOnlyList<Normalizer> steps)
{
    readonly AlignedText first = new();
    readonly AlignedText second = new();

    /// <summary>The normalised text: the piece itself when no step changes it, else valid until the next call.</summary>
    public TextSlice Run(TextSlice piece)
    {
        var (target, other) = (first, second);
        foreach (var step in steps)
        {
            if (piece.Text.IsEmpty) return piece;
            target.Clear(piece.Tracked);
            if (!step.TryRewrite(piece, target)) continue;
            piece = target.Slice;
            (target, other) = (other, target);
        }
        return piece;
    }

    public string Run(string text) => Run(new TextSlice(text, [], [])).Text.ToString();
}

/// <summary>Puts a fixed text in front of anything that is not empty.</summary>
sealed class Prepending(string prefix) : Normalizer
{
    public override bool TryRewrite(TextSlice piece, AlignedText target)
    {
        Write(prefix, piece, target);
        return true;
    }

    /// <summary>What is put in front counts as coming from the first character.</summary>
    public static void Write(string prefix, TextSlice piece, AlignedText target)
    {
        target.Append(prefix, piece.Tracked ? piece.Starts[0] : 0, piece.Tracked ? piece.Ends[0] : 0);
        target.Append(piece);
    }
}

/// <summary>Replaces what a pattern matches; the replacement counts as coming from the last character it replaces.</summary>
sealed class Replacing(TextPattern pattern, string content) : Normalizer
{
    public override bool TryRewrite(TextSlice piece, AlignedText target)
    {
        var (done, search, replaced) = (0, 0, false);
        while (search <= piece.Text.Length && pattern.TryFind(piece.Text, search, out var start, out var end))
        {
            // An empty match does not count right behind a match; the search goes on behind the next character.
            if (start == end && replaced && end == done)
            {
                search = end + (end < piece.Text.Length ? CodePoints.Size(CodePoints.At(piece.Text, end)) : 1);
                continue;
            }
            target.Append(piece.Slice(done, start - done));
            var last = Math.Max(0, end - 1);
            target.Append(content, piece.Tracked ? piece.Starts[last] : 0, piece.Tracked ? piece.Ends[last] : 0);
            (done, search, replaced) = (end, end, true);
        }
        if (replaced) target.Append(piece.Slice(done, piece.Text.Length - done));
        return replaced;
    }
}

/// <summary>Removes white space at the ends.</summary>
sealed class Stripping(bool left, bool right) : Normalizer
{
    public override bool TryRewrite(TextSlice piece, AlignedText target)
    {
        var start = left ? piece.Text.Length - piece.Text.TrimStart().Length : 0;
        var end = right ? Math.Max(start, piece.Text.TrimEnd().Length) : piece.Text.Length;
        if (end - start == piece.Text.Length) return false;
        target.Append(piece.Slice(start, end - start));
        return true;
    }
}

/// <summary>GPT-2's byte alphabet as a normaliser.</summary>
sealed class ByteLevelNormalizer : Normalizer
{
    public override bool TryRewrite(TextSlice piece, AlignedText target)
    {
        ByteAlphabet.Write(piece, target);
        return true;
    }
}

/// <summary>Drops the code points that are not to be kept.</summary>
sealed class Filtering(Func<int, bool> keep) : Normalizer
{
    public override bool TryRewrite(TextSlice piece, AlignedText target)
    {
        for (var i = 0; i < piece.Text.Length;)
        {
            var codePoint = CodePoints.At(piece.Text, i);
            if (keep(codePoint)) target.Append(piece.Slice(i, CodePoints.Size(codePoint)));
            i += CodePoints.Size(codePoint);
        }
        return true;
    }
}

/// <summary>Replaces each code point by a text of its own; an empty one is not allowed, dropping is Filtering's.</summary>
sealed class Mapping(Func<Rune, string?> map) : Normalizer
{
    public override bool TryRewrite(TextSlice piece, AlignedText target)
    {
        for (var i = 0; i < piece.Text.Length;)
        {
            var rune = new Rune(CodePoints.At(piece.Text, i));
            if (map(rune) is { } mapped) target.Append(mapped, piece.Tracked ? piece.Starts[i] : 0, piece.Tracked ? piece.Ends[i] : 0);
            else target.Append(piece.Slice(i, rune.Utf16SequenceLength));
            i += rune.Utf16SequenceLength;
        }
        return true;
    }
}
