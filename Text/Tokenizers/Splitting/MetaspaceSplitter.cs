// SentencePiece's way with spaces: each becomes the replacement character, and one may be put in front.
using System.Text;

namespace Majlis.Text.Tokenizers.Splitting;

enum Prepend { Always, First, Never }

/// <summary>Replaces and prepends; the split before each replacement character, where wanted, is a stage of its own.</summary>
sealed class MetaspaceSplitter(Rune replacement, Prepend scheme) : Splitter
{
    public override bool NeedsOrigins => scheme == Prepend.First;

    public override void Split(TextSlice piece, AlignedText scratch, PieceFlow next)
    {
        scratch.Clear(piece.Tracked);
        var first = CodePoints.At(piece.Text, 0);
        var prepend = first != replacement.Value && first != ' ' && scheme switch
        {
            Prepend.Always => true,
            Prepend.First => piece.Starts[0] == 0,
            _ => false,
        };
        if (prepend) scratch.Append(replacement.ToString(), piece.Tracked ? piece.Starts[0] : 0, piece.Tracked ? piece.Ends[0] : 0);
        var writer = new Rewriter(piece, scratch);
        var text = piece.Text;
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

/// <summary>Cuts every so many code points.</summary>
sealed class FixedLengthSplitter(int length) : Splitter
{
    public override void Split(TextSlice piece, AlignedText scratch, PieceFlow next)
    {
        for (var start = 0; start < piece.Text.Length;)
        {
            var end = start;
            for (var i = 0; i < length && end < piece.Text.Length; i++) end += CodePoints.Size(CodePoints.At(piece.Text, end));
            next.Push(piece.Slice(start, end - start));
            start = end;
        }
    }
}
