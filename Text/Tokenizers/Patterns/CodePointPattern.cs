// Matches patterns over code points. Backtracking uses its own stack, not recursion, so no text overflows the call stack.
// .NET's Regex works on UTF-16 units, so its \p{L} and classes miss or split every character beyond U+FFFF.
using System.Numerics;

namespace Majlis.Text.Tokenizers.Patterns;

/// <summary>A compiled pattern in the part of Oniguruma's Ruby syntax that tokenizers use. Immutable; many threads may match.</summary>
sealed class CodePointPattern(string pattern)
{
    /// <summary>The most backtracking steps of a match: no real pattern comes near, a hostile one would never end.</summary>
    const int MaxBacktracks = 50_000_000;

    [ThreadStatic] static Backtracks? reused;

    readonly PatternProgram program = new(pattern);

    /// <summary>The leftmost match that starts at <paramref name="from"/> or later.</summary>
    public bool TryFind(ReadOnlySpan<char> text, int from, out int start, out int end)
    {
        var stack = reused ??= new Backtracks();
        stack.Left = MaxBacktracks;
        for (start = from; start <= text.Length; start += start < text.Length ? CodePoints.Size(CodePoints.At(text, start)) : 1)
        {
            if (start < text.Length && !program.Begins.Allows(CodePoints.At(text, start))) continue;
            end = Run(0, text, start, stack);
            if (end >= 0) return true;
        }
        (start, end) = (-1, -1);
        return false;
    }

    /// <summary>Runs from a step to Done; returns the end of the match, or -1.</summary>
    int Run(int step, ReadOnlySpan<char> text, int position, Backtracks stack)
    {
        var floor = stack.Count;
        while (true)
        {
            var current = program.Steps[step];
            var next = position;
            switch (current.Kind)
            {
                case Step.One: next = TakeOne(current.Set!, text, position); step++; break;
                case Step.Loop: next = TakeLoop(current, step, text, position, stack); step++; break;
                case Step.Choose: step = Choose(current, step, text, position, stack); break;
                case Step.Jump: step = current.Target; break;
                case Step.At: next = Anchors.Holds(current.Anchor, text, position) ? position : -1; step++; break;
                case Step.Look: next = Looks(current, step, text, position, stack) ? position : -1; step = current.Target; break;
                case Step.Atomic: next = Run(step + 1, text, position, stack); step = current.Target; break;
                default:
                    stack.Count = floor;
                    return position;
            }
            if (next >= 0 && step >= 0) position = next;
            else if (!TryBack(text, floor, stack, ref step, ref position)) return -1;
        }
    }

    static int TakeOne(CodePointSet set, ReadOnlySpan<char> text, int position)
    {
        if (position >= text.Length) return -1;
        var codePoint = CodePoints.At(text, position);
        return set.Contains(codePoint) ? position + CodePoints.Size(codePoint) : -1;
    }

    static int TakeLoop(PatternStep loop, int step, ReadOnlySpan<char> text, int position, Backtracks stack)
    {
        var set = loop.Set!;
        var least = position;
        var limit = loop.Greed == Greed.Lazy ? loop.Least : loop.Most;
        for (var taken = 0; taken < limit; taken++)
        {
            var next = TakeOne(set, text, position);
            if (next < 0 && taken < loop.Least) return -1;
            if (next < 0) break;
            position = next;
            if (taken < loop.Least) least = position;
        }
        if (loop.Greed == Greed.Lazy && loop.Most > loop.Least) stack.Push(step, position, loop.Most - loop.Least, Back.More);
        if (loop.Greed == Greed.Greedy && position > least) stack.Push(step, position, least, Back.Less);
        return position;
    }

    static int Choose(PatternStep choice, int step, ReadOnlySpan<char> text, int position, Backtracks stack)
    {
        var viable = position >= text.Length ? choice.AtEnd
            : text[position] < 128 ? choice.ByAscii[text[position]]
            : choice.ByKind[CodePointKinds.Of(CodePoints.At(text, position))];
        return Branch(choice, step, position, viable, stack);
    }

    static int Branch(PatternStep choice, int step, int position, uint viable, Backtracks stack)
    {
        if (viable == 0) return -1;
        var rest = viable & viable - 1;
        if (rest != 0) stack.Push(step, position, (int)rest, Back.Other);
        return choice.Branches[BitOperations.TrailingZeroCount(viable)];
    }

    bool Looks(PatternStep look, int step, ReadOnlySpan<char> text, int position, Backtracks stack)
    {
        var start = position;
        for (var i = 0; i < (look.Width ?? 0); i++)
        {
            if (start == 0) return look.Negated;
            start -= CodePoints.Size(CodePoints.Before(text, start));
        }
        return Run(step + 1, text, start, stack) >= 0 != look.Negated;
    }

    /// <summary>Resumes the latest open choice of this run: another branch, one less of a greedy loop, one more of a lazy one.</summary>
    bool TryBack(ReadOnlySpan<char> text, int floor, Backtracks stack, ref int step, ref int position)
    {
        while (stack.Count > floor)
        {
            if (--stack.Left < 0) throw new ModelFormatException($"the pattern {pattern} does not come to an end on this text.");
            var open = stack.Pop();
            var choice = program.Steps[open.Step];
            (step, position) = (open.Step + 1, open.Position);
            if (open.Kind == Back.Other) step = Branch(choice, open.Step, position, (uint)open.Extra, stack);
            else if (open.Kind == Back.Less)
            {
                position -= CodePoints.Size(CodePoints.Before(text, position));
                if (position > open.Extra) stack.Push(open.Step, position, open.Extra, Back.Less);
            }
            else
            {
                position = TakeOne(choice.Set!, text, position);
                if (position < 0) continue;
                if (open.Extra > 1) stack.Push(open.Step, position, open.Extra - 1, Back.More);
            }
            return true;
        }
        return false;
    }
}

enum Back { Other, Less, More }

/// <summary>The open choices, the latest on top.</summary>
sealed class Backtracks
{
    (int Step, int Position, int Extra, Back Kind)[] items = new (int, int, int, Back)[64];

    public int Count { get; set; }

    public int Left { get; set; }

    public void Push(int step, int position, int extra, Back kind)
    {
        if (Count == items.Length) Array.Resize(ref items, Count * 2);
        items[Count++] = (step, position, extra, kind);
    }

    public (int Step, int Position, int Extra, Back Kind) Pop() => items[--Count];
}
