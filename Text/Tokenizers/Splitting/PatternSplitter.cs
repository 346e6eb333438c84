// Splits at a pattern's matches, and keeps, drops or joins them, as the Rust library's five behaviours do.
using Majlis.Text.Tokenizers.Patterns;

namespace Majlis.Text.Tokenizers.Splitting;

enum Delimiters { Removed, Isolated, MergedWithPrevious, MergedWithNext, Contiguous }

/// <summary>If <paramref name="inverted"/>, the text between matches counts as the delimiter.</summary>
sealed class PatternSplitter(TextPattern pattern, Delimiters behaviour, bool inverted = false) : Splitter
{
    public override void Split(TextSlice slice, AlignedText scratch, SplitterFlow next)
    {
        var joiner = new Joiner(behaviour, slice, next);
        var (done, search) = (0, 0);
        while (search <= slice.Text.Length && pattern.TryFind(slice.Text, search, out var start, out var end))
        {
            if (start > done) joiner.Add(done, start, inverted);
            if (end > start) joiner.Add(start, end, !inverted);
            done = end;
            // An empty match splits, and the search continues after the next character.
            search = end > start ? end : start < slice.Text.Length ? start + CodePoints.Size(CodePoints.At(slice.Text, start)) : start + 1;
        }
        if (done < slice.Text.Length) joiner.Add(done, slice.Text.Length, inverted);
        joiner.Finish();
    }

    /// <summary>Receives the segments in order, each a delimiter or not, and pushes them on as the behaviour says.</summary>
    ref struct Joiner(Delimiters behaviour, TextSlice slice, SplitterFlow next)
    {
        readonly TextSlice slice = slice;
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

        readonly void Push(int start, int end) => next.Push(slice.Slice(start, end - start));
    }
}
