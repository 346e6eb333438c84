// One step of normalisation: rewrites a slice of text and keeps the origin of each character.
using System.Text;
using Majlis.Text.Tokenizers.Patterns;
using Majlis.Text.Tokenizers.Splitting;

namespace Majlis.Text.Tokenizers.Normalizers;

/// <summary>Immutable; safe for concurrent use.</summary>
abstract class Normalizer
{
    /// <summary>Writes the normalised slice to <paramref name="target"/>; false if nothing changes and nothing was written.</summary>
    public abstract bool TryRewrite(TextSlice slice, AlignedText target);
}

/// <summary>Applies steps in order, with two buffers in turn. One call at a time.</summary>
sealed class NormalizerFlow(IReadOnlyList<Normalizer> steps)
{
    readonly AlignedText first = new();
    readonly AlignedText second = new();

    /// <summary>The normalised text: the slice itself if no step changes it, else valid until the next call.</summary>
    public TextSlice Run(TextSlice slice)
    {
        var (target, other) = (first, second);
        foreach (var step in steps)
        {
            if (slice.Text.IsEmpty) return slice;
            target.Clear(slice.Tracked);
            if (!step.TryRewrite(slice, target)) continue;
            slice = target.Slice;
            (target, other) = (other, target);
        }
        return slice;
    }

    public string Run(string text) => Run(new TextSlice(text, [], [])).Text.ToString();
}

/// <summary>Prepends a fixed text to any text that is not empty.</summary>
sealed class Prepending(string prefix) : Normalizer
{
    public override bool TryRewrite(TextSlice slice, AlignedText target)
    {
        Write(prefix, slice, target);
        return true;
    }

    /// <summary>Writes the prefix; its origin is the first character.</summary>
    public static void Write(string prefix, TextSlice slice, AlignedText target)
    {
        target.Append(prefix, slice.Tracked ? slice.Starts[0] : 0, slice.Tracked ? slice.Ends[0] : 0);
        target.Append(slice);
    }
}

/// <summary>Replaces the matches of a pattern; a replacement's origin is the last character it replaces.</summary>
sealed class Replacing(TextPattern pattern, string content) : Normalizer
{
    public override bool TryRewrite(TextSlice slice, AlignedText target)
    {
        var (done, search, replaced) = (0, 0, false);
        while (search <= slice.Text.Length && pattern.TryFind(slice.Text, search, out var start, out var end))
        {
            // An empty match right after a match does not count; the search continues after the next character.
            if (start == end && replaced && end == done)
            {
                search = end + (end < slice.Text.Length ? CodePoints.Size(CodePoints.At(slice.Text, end)) : 1);
                continue;
            }
            target.Append(slice.Slice(done, start - done));
            var last = Math.Max(0, end - 1);
            target.Append(content, slice.Tracked ? slice.Starts[last] : 0, slice.Tracked ? slice.Ends[last] : 0);
            (done, search, replaced) = (end, end, true);
        }
        if (replaced) target.Append(slice.Slice(done, slice.Text.Length - done));
        return replaced;
    }
}

/// <summary>Removes white space at the ends.</summary>
sealed class Stripping(bool left, bool right) : Normalizer
{
    public override bool TryRewrite(TextSlice slice, AlignedText target)
    {
        var start = left ? slice.Text.Length - slice.Text.TrimStart().Length : 0;
        var end = right ? Math.Max(start, slice.Text.TrimEnd().Length) : slice.Text.Length;
        if (end - start == slice.Text.Length) return false;
        target.Append(slice.Slice(start, end - start));
        return true;
    }
}

/// <summary>GPT-2's byte alphabet as a normaliser.</summary>
sealed class ByteLevelNormalizer : Normalizer
{
    public override bool TryRewrite(TextSlice slice, AlignedText target)
    {
        ByteAlphabet.Write(slice, target);
        return true;
    }
}

/// <summary>Drops the code points that the predicate rejects.</summary>
sealed class Filtering(Func<int, bool> keep) : Normalizer
{
    public override bool TryRewrite(TextSlice slice, AlignedText target)
    {
        for (var i = 0; i < slice.Text.Length;)
        {
            var codePoint = CodePoints.At(slice.Text, i);
            if (keep(codePoint)) target.Append(slice.Slice(i, CodePoints.Size(codePoint)));
            i += CodePoints.Size(codePoint);
        }
        return true;
    }
}

/// <summary>Replaces each code point by a text, which must not be empty: Filtering drops.</summary>
sealed class Mapping(Func<Rune, string?> map) : Normalizer
{
    public override bool TryRewrite(TextSlice slice, AlignedText target)
    {
        for (var i = 0; i < slice.Text.Length;)
        {
            var rune = new Rune(CodePoints.At(slice.Text, i));
            if (map(rune) is { } mapped) target.Append(mapped, slice.Tracked ? slice.Starts[i] : 0, slice.Tracked ? slice.Ends[i] : 0);
            else target.Append(slice.Slice(i, rune.Utf16SequenceLength));
            i += rune.Utf16SequenceLength;
        }
        return true;
    }
}
