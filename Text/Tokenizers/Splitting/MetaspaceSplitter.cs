// SentencePiece's treatment of spaces: each becomes the replacement character, and one may be prepended.
using System.Text;

namespace Majlis.Text.Tokenizers.Splitting;

enum Prepend { Always, First, Never }

/// <summary>Replaces and prepends; a separate stage splits before each replacement character, if wanted.</summary>
sealed class MetaspaceSplitter(Rune replacement, Prepend scheme) : Splitter
{
    public override bool NeedsOrigins => scheme == Prepend.First;

    public override void Split(TextSlice slice, AlignedText scratch, SplitterFlow next)
    {
        scratch.Clear(slice.Tracked);
        var first = CodePoints.At(slice.Text, 0);
        var prepend = first != replacement.Value && first != ' ' && scheme switch
        {
            Prepend.Always => true,
            Prepend.First => slice.Starts[0] == 0,
            _ => false,
        };
        if (prepend) scratch.Append(replacement.ToString(), slice.Tracked ? slice.Starts[0] : 0, slice.Tracked ? slice.Ends[0] : 0);
        var writer = new Rewriter(slice, scratch);
        var text = slice.Text;
        while (!text.IsEmpty)
        {
            var plain = text.IndexOf(' ');
            if (plain != 0) writer.Keep(plain < 0 ? text.Length : plain);
            if (plain < 0) break;
            writer.Replace(replacement);
            text = text[(plain + 1)..];
        }
        next.Push(scratch.Slice);
    }
}

/// <summary>Splits every fixed number of code points.</summary>
sealed class FixedLengthSplitter(int length) : Splitter
{
    public override void Split(TextSlice slice, AlignedText scratch, SplitterFlow next)
    {
        for (var start = 0; start < slice.Text.Length;)
        {
            var end = start;
            for (var i = 0; i < length && end < slice.Text.Length; i++) end += CodePoints.Size(CodePoints.At(slice.Text, end));
            next.Push(slice.Slice(start, end - start));
            start = end;
        }
    }
}
