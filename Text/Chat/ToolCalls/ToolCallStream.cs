// A generated text on its way out: calls of offered tools are taken out of it. The boundaries of the pieces make no difference. Knows the
// places where calls may begin, and no format's inside.
using System.Collections.Immutable;
using System.Text;

namespace Majlis.Text.Chat.ToolCalls;

/// <summary>
/// One answer's text. Held back is only what may become a call, and white space that may stand before one. What looks like a call and is
/// none is text, without the marks that are special tokens. White space around calls is dropped, and what is left of calls where the answer
/// ends; other text stays.
/// </summary>
public sealed class ToolCallStream
{
    // More white space than this is text. So is more than this that comes after a call and was wrongly read as a part of the next.
    const int MostHeld = 1024;

    readonly ToolReading reading;
    readonly ImmutableArray<string> hidden;
    readonly CallSink sink;
    // Read and neither given out nor taken for a part of a call.
    readonly StringBuilder held = new();
    readonly StringBuilder text = new();
    ICallReader? reader;
    int events;
    // How much white space the held text begins with.
    int blank;
    // How much of the held text belongs to calls that are given already: up to the last place where the reader could have ended.
    int? spent;
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
    public bool Calls => sink.Whole > 0 && !IsCut;

    /// <summary>Were the answer to end here, its last call would not be whole, or the one that it must make would be missing.</summary>
    public bool IsCut => sink.IsOpen || (sink.Whole > 0 ? reader is { IsInCall: true } : reading.Forced is not null);

    /// <summary>The calls' pieces that became certain since this was last called.</summary>
    public ImmutableArray<CallPiece> Pieces() => [.. sink.Take()];

    /// <summary>Reads a piece and returns the text without calls that became certain.</summary>
    public string Push(string piece)
    {
        foreach (var next in piece) Take(next);
        return Given();
    }

    /// <summary>The text that was held back, when the answer ends.</summary>
    public string Flush()
    {
        if (IsOver || reading.Forced is not null || sink.IsOpen || IsLeftOver) Drop();
        else GiveBack(held.Length);
        return Given();
    }

    // What is held is of calls that were given, or of one that follows them and was cut off.
    bool IsLeftOver => reader is { MayEnd: true } || (sink.Whole > 0 && (reader is not null || blank == held.Length));

    void Take(char next)
    {
        if (IsOver) return;
        held.Append(next);
        if (reader is null) Search();
        else Read(next);
    }

    void Read(char next)
    {
        if (reader!.MayEnd) spent = held.Length - 1;
        var taken = reader.Takes(next);
        // What has become certain was written before a character that is not taken.
        if (events != sink.Events) spent = taken ? held.Length : held.Length - 1;
        events = sink.Events;
        if (!taken)
        {
            Leave();
            return;
        }
        if (spent == held.Length || reader.IsOver) Drop();
        if (reader.IsOver) reader = null;
    }

    // The last character was not taken. What does not belong to a call that was given is searched again.
    void Leave()
    {
        reader = null;
        if (spent is { } length && held.Length - length <= MostHeld)
        {
            var rest = held.ToString(length, held.Length - length);
            Drop();
            foreach (var next in rest) Take(next);
            return;
        }
        held.Remove(0, spent ?? 0);
        GiveBack(held.Length - 1);
        Search();
    }

    // Gives out what cannot begin a call, up to where one begins or may begin.
    void Search()
    {
        while (HasMore())
        {
            if (Openings.FirstOrDefault(opening => IsAt(blank, opening.Mark)) is { } found)
            {
                reader = found.Reader(sink);
                if (found.IsOfCall) reader.Takes(found.Mark[0]);
                return;
            }
            if (Openings.Any(opening => MayBeAt(blank, opening.Mark))) return;
            if (hidden.FirstOrDefault(mark => IsAt(blank, mark)) is { } stray) held.Remove(blank, stray.Length);
            else if (hidden.Any(mark => MayBeAt(blank, mark))) return;
            else Give(blank + 1);
        }
    }

    IEnumerable<CallOpening> Openings => reading.Format.Openings.Where(opening => !(opening.IsOfCall || opening.OnlyFirst) || !begun);

    // Counts white space on, and gives out what is too much of it.
    bool HasMore()
    {
        while (blank < held.Length && char.IsWhiteSpace(held[blank])) blank++;
        if (blank > MostHeld) Give(blank);
        return blank < held.Length;
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
        (blank, spent, begun) = (0, null, begun || length > 0);
    }

    void Drop()
    {
        held.Clear();
        (blank, spent) = (0, null);
    }

    string Given()
    {
        var given = text.ToString();
        text.Clear();
        return given;
    }
}
