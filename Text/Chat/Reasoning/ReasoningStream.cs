// A generated text on its way out: what the model thinks first is parted from its answer. The boundaries of the pieces make no difference.
// Knows no tokens, no citations and no calls.
using System.Collections.Immutable;
using System.Text;

namespace Majlis.Text.Chat.Reasoning;

/// <summary>
/// One answer's text. Thinking comes first or not at all, so marks further on are text. White space around the thinking is dropped, and
/// where the text ends inside of it, what may be the beginning of a mark. Only that and white space are held back.
/// </summary>
public sealed class ReasoningStream
{
    // More white space than this is text.
    const int MostHeld = 1024;

    readonly ReasoningFormat format;
    readonly bool isExact;
    readonly ImmutableArray<string> calls;
    readonly ImmutableArray<string> marks;
    readonly StringBuilder thought = new();
    string held = "";
    long read;
    bool hasBegun;
    // The answer's closing mark was read; and something behind it that is no white space.
    bool isClosed, isOver;

    /// <param name="isExact">
    /// The answer is exactly what follows the token with the closing mark, white space included; what else that token spells is dropped.
    /// </param>
    /// <param name="calls">Marks of calls, which end the thinking and belong to the answer.</param>
    public ReasoningStream(ReasoningReading reading, bool isExact, ImmutableArray<string> calls)
    {
        (format, this.isExact, this.calls) = (reading.Format, isExact, calls);
        marks = [format.Close, .. format.Answers, .. calls];
        IsOpened = reading.IsOpen;
        Phase = reading.IsOpen ? ReasoningPhase.Thinking : ReasoningPhase.Before;
        hasBegun = reading.IsBegun;
    }

    public ReasoningPhase Phase { get; private set; }

    /// <summary>The opening mark was read, or stands in the prompt.</summary>
    public bool IsOpened { get; private set; }

    /// <summary>How much of the text lies before the answer, in UTF-16 units; null until the answer has begun.</summary>
    public long? Cut { get; private set; }

    /// <summary>Whether a special token of this spelling must be decoded now, because it is a mark.</summary>
    public bool Awaits(string token) => Phase switch
    {
        ReasoningPhase.Before => format.Open.Contains(token, StringComparison.Ordinal) || IsOf(format.Answers, token),
        ReasoningPhase.Thinking => IsOf(marks, token) || (!hasBegun && format.Open.Contains(token, StringComparison.Ordinal)),
        _ => Cut is null && IsOf(format.Answers, token),
    };

    // A mark may be of several tokens.
    static bool IsOf(ImmutableArray<string> marks, string token) => marks.Any(mark => mark.Contains(token, StringComparison.Ordinal));

    /// <summary>Reads a piece and returns what became certain of the answer. A piece is the text of one token, where it is exact.</summary>
    public string Push(string piece)
    {
        if (Cut is not null) return Unclosed(piece);
        read += piece.Length;
        held += piece;
        if (Phase == ReasoningPhase.Before) Begin();
        if (Phase == ReasoningPhase.Thinking) Think();
        if (Phase == ReasoningPhase.After && Cut is null) Skip();
        return Cut is null ? "" : Unclosed(Rest());
    }

    /// <summary>The text that was held back, when it ends.</summary>
    public string Flush()
    {
        if (Phase == ReasoningPhase.Before || (Phase == ReasoningPhase.After && Cut is null && held.Length > 0)) Answer();
        var rest = Rest();
        return Cut is null ? "" : rest;
    }

    /// <summary>What became certain of the thinking since this was last called.</summary>
    public string Thought()
    {
        var taken = thought.ToString();
        thought.Clear();
        return taken;
    }

    void Begin()
    {
        var rest = held.AsSpan().TrimStart();
        var blank = held.Length - rest.Length;
        if (rest.StartsWith(format.Open, StringComparison.Ordinal))
        {
            held = held[(blank + format.Open.Length)..];
            (Phase, IsOpened) = (ReasoningPhase.Thinking, true);
        }
        else if (!isExact && StartsAnswer(held[blank..])) Phase = ReasoningPhase.After;
        else if (blank > MostHeld || !MayStart(held[blank..])) Answer();
    }

    bool StartsAnswer(string text) => format.Answers.Any(mark => text.StartsWith(mark, StringComparison.Ordinal));

    bool MayStart(string text) => format.Open.StartsWith(text, StringComparison.Ordinal)
        || (!isExact && format.Answers.Any(mark => mark.StartsWith(text, StringComparison.Ordinal)));

    void Think()
    {
        if (!hasBegun && !Begins()) return;
        if (FirstMark() is not { } found)
        {
            var certain = held.Length - Uncertain();
            thought.Append(held, 0, certain);
            held = held[certain..];
            return;
        }
        thought.Append(held.AsSpan(0, found.At).TrimEnd());
        var isCall = calls.Contains(found.Mark);
        held = isCall ? held[found.At..] : isExact ? "" : held[(found.At + found.Mark.Length)..];
        Phase = ReasoningPhase.After;
        if (isCall || isExact) Answer();
    }

    // Models repeat an opening mark that the prompt holds already.
    bool Begins()
    {
        held = held.TrimStart();
        while (held.StartsWith(format.Open, StringComparison.Ordinal)) held = held[format.Open.Length..].TrimStart();
        return hasBegun = !format.Open.StartsWith(held, StringComparison.Ordinal);
    }

    (int At, string Mark)? FirstMark()
    {
        (int At, string Mark)? first = null;
        foreach (var mark in marks)
        {
            var at = held.IndexOf(mark, StringComparison.Ordinal);
            if (at >= 0 && (first is null || at < first.Value.At)) first = (at, mark);
        }
        return first;
    }

    /// <summary>The length of the tail that may be a mark's beginning and white space before it.</summary>
    int Uncertain()
    {
        var length = 0;
        foreach (var mark in marks)
            for (var part = Math.Min(mark.Length - 1, held.Length); part > length; part--)
                if (held.AsSpan(held.Length - part).SequenceEqual(mark.AsSpan(0, part))) length = part;
        while (length < Math.Min(held.Length, MostHeld) && char.IsWhiteSpace(held[^(length + 1)])) length++;
        return length;
    }

    void Skip()
    {
        held = held.TrimStart();
        if (format.Answers.FirstOrDefault(mark => held.StartsWith(mark, StringComparison.Ordinal)) is { } opening)
            held = held[opening.Length..].TrimStart();
        if (held.Length > 0 && !format.Answers.Any(mark => mark.StartsWith(held, StringComparison.Ordinal))) Answer();
    }

    // What may be the end of the answer is held back; behind it white space is dropped.
    string Unclosed(string piece)
    {
        if (format.AnswerEnd.Length == 0 || isExact) return piece;
        if (isOver) return piece;
        if (isClosed)
        {
            piece = piece.TrimStart();
            isOver = piece.Length > 0;
            return piece;
        }
        var text = held + piece;
        held = "";
        if (text.IndexOf(format.AnswerEnd, StringComparison.Ordinal) is var at and >= 0)
        {
            isClosed = true;
            return text[..at] + Unclosed(text[(at + format.AnswerEnd.Length)..]);
        }
        var tail = Math.Min(format.AnswerEnd.Length - 1, text.Length);
        while (!text.AsSpan(text.Length - tail).SequenceEqual(format.AnswerEnd.AsSpan(0, tail))) tail--;
        held = text[^tail..];
        return text[..^tail];
    }

    void Answer()
    {
        Phase = ReasoningPhase.After;
        Cut = read - held.Length;
    }

    string Rest()
    {
        var rest = held;
        held = "";
        return rest;
    }
}
