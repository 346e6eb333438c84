// A generated text on its way out: calls of offered tools are taken out of it. The boundaries of the pieces make no difference. Knows the
// places where calls may begin, and no format's inside.
using System.Collections.Immutable;
using System.Text;

namespace Majlis.Text.Chat.ToolCalls;

/// <summary>
/// One answer's text. Held back is only what may become a call, and white space that may stand before one. What looks like a call and is
/// none is text, without the marks that are special tokens. White space around calls is dropped, other text stays.
/// </summary>
public sealed class ToolCallStream
{
    readonly ToolReading reading;
    readonly ImmutableArray<string> hidden;
    readonly CallSink sink;
    // Read and neither given out nor taken for a part of a call.
    readonly StringBuilder held = new();
    readonly StringBuilder text = new();
    ICallReader? reader;
    int events;
    bool begun;

    /// <param name="hidden">The format's marks that no reader of the text may see, because they are special tokens.</param>
    public ToolCallStream(ToolReading reading, ImmutableArray<string> hidden)
    {
        (this.reading, this.hidden, sink) = (reading, hidden, new(reading.Tools));
        // The prompt has opened the call already.
        if (reading.Forced is { } forced) Push(forced.Opening);
    }

    /// <summary>Nothing of what follows is read: only the first call is wanted, and it is whole.</summary>
    public bool IsOver => reading.OnlyFirst && sink.Whole > 0;

    /// <summary>There are calls, and all are whole.</summary>
    public bool Calls => sink.Whole > 0 && !sink.IsOpen;

    /// <summary>The calls' pieces that became certain since this was last called.</summary>
    public ImmutableArray<CallPiece> Pieces() => [.. sink.Take()];

    /// <summary>Reads a piece and returns the text without calls that became certain.</summary>
    public string Push(string piece)
    {
        foreach (var next in piece)
        {
            if (IsOver) break;
            held.Append(next);
            if (reader is null) Search();
            else Read(next);
        }
        return Given();
    }

    /// <summary>The text that was held back, when the answer ends.</summary>
    public string Flush()
    {
        if (IsOver || reader is { MayEnd: true } || sink.IsOpen || (sink.Whole > 0 && Blank() == held.Length)) held.Clear();
        else GiveBack(held.Length);
        return Given();
    }

    void Read(char next)
    {
        var mayEnd = reader!.MayEnd;
        if (reader.Takes(next))
        {
            if (reader.IsOver || events != sink.Events) held.Clear();
            events = sink.Events;
            if (reader.IsOver) reader = null;
            return;
        }
        reader = null;
        if (mayEnd) held.Clear().Append(next);
        else GiveBack(held.Length - 1);
        Search();
    }

    // Gives out what cannot begin a call, up to where one begins or may begin.
    void Search()
    {
        while (Blank() is var at && at < held.Length)
        {
            if (Openings.FirstOrDefault(opening => IsAt(at, opening.Mark)) is { } found)
            {
                reader = found.Reader(sink);
                if (found.IsOfCall) reader.Takes(found.Mark[0]);
                return;
            }
            if (hidden.FirstOrDefault(mark => IsAt(at, mark)) is { } stray) held.Remove(at, stray.Length);
            else if (hidden.Any(mark => MayBeAt(at, mark)) || Openings.Any(opening => MayBeAt(at, opening.Mark))) return;
            else Give(at + 1);
        }
    }

    IEnumerable<CallOpening> Openings => reading.Format.Openings.Where(opening => !opening.IsOfCall || !begun);

    int Blank()
    {
        var length = 0;
        while (length < held.Length && char.IsWhiteSpace(held[length])) length++;
        return length;
    }

    bool IsAt(int at, string mark) => held.Length - at >= mark.Length && MayBeAt(at, mark);

    bool MayBeAt(int at, string mark)
    {
        for (var i = 0; i < mark.Length && at + i < held.Length; i++) if (held[at + i] != mark[i]) return false;
        return true;
    }

    void GiveBack(int length)
    {
        var before = held.Length;
        foreach (var mark in hidden) held.Replace(mark, "", 0, length - (before - held.Length));
        Give(length - (before - held.Length));
    }

    void Give(int length)
    {
        text.Append(held, 0, length);
        held.Remove(0, length);
        begun = begun || length > 0;
    }

    string Given()
    {
        var given = text.ToString();
        text.Clear();
        return given;
    }
}
