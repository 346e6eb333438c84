// Splits where a pattern matches, and keeps, drops or joins what matched, as the five behaviours of the Rust library do.
using Majlis.Text.Tokenizers.Patterns;

namespace Majlis.Text.Tokenizers.Splitting;

enum Delimiters { Removed, Isolated, MergedWithPrevious, MergedWithNext, Contiguous }

/// <summary>With <paramref name="inverted"/>, what lies between matches counts as the delimiter.</summary>
sealed class PatternSplitter(TextPattern pattern, Delimiters behaviour, bool inverted = false) : Splitter
{
    public override void Split(TextSlice piece, AlignedText scratch, PieceFlow next)
    {
        var joiner = new Joiner(behaviour, piece, next);
        var (done, search) = (0, 0);
        while (search <= piece.Text.Length && pattern.TryFind(piece.Text, search, out var start, out var end))
        {
            if (start > done) joiner.Add(done, start, inverted);
            if (end > start) joiner.Add(start, end, !inverted);
            done = end;
            // An empty match cuts, and the search goes on behind the next character.
            search = end > start ? end : start < piece.Text.Length ? start + CodePoints.Size(CodePoints.At(piece.Text, start)) : start + 1;
        }
        if (done < piece.Text.Length) joiner.Add(done, piece.Text.Length, inverted);
        joiner.Finish();
    }

    /// <summary>Receives the stretches in order, each a delimiter or not, and pushes them on as the behaviour says.</summary>
    ref struct Joiner(Delimiters behaviour, TextSlice piece, PieceFlow next)
    {
        readonly TextSlice piece = piece;
        (int Start, int End, bool Matched)? held;

        public void Add(int start, int end, bool matched)
        {
            if (behaviour == Delimiters.Isolated) Push(start, end);
            else if (behaviour == Delimiters.Removed)
            {
                if (!matched) Push(start, end);
            }
            else if (held is { } before && Joins(before.Matched, matched)) held = (before.Start, end, matched);
            else
            {
                Finish();
                held = (start, end, matched);
            }
        }

        readonly bool Joins(bool before, bool now) => behaviour switch
        {
            Delimiters.MergedWithPrevious => !before && now,
            Delimiters.MergedWithNext => before && !now,
            _ => before == now,
        };

        public void Finish()
        {
            if (held is { } stretch) Push(stretch.Start, stretch.End);
            held = null;
        }

        readonly void Push(int start, int end) => next.Push(piece.Slice(start, end - start));
    }
}
