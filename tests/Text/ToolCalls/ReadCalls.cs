// A written answer read for calls, in given pieces, as text that tests compare.
using System.Text;
using Majlis.Text.Chat.ToolCalls;

namespace Majlis.tests.Text.ToolCalls;

static class ReadCalls
{
    public static readonly CallTool[] Tools = [new("f", []), new("g", [])];

    /// <summary>The format's marks are taken for special tokens where they look so.</summary>
    public static ToolCallStream Stream(string format, IEnumerable<CallTool> tools, bool onlyFirst = false)
    {
        var named = ToolFormats.Named(format)!;
        return new(new(named, [.. tools], onlyFirst), [.. named.Marks.Where(mark => mark.StartsWith("<|", StringComparison.Ordinal)
            || mark[0] == '[')]);
    }

    /// <summary>The text, and the calls as <c>name arguments</c>; a call that is cut off ends with an ellipsis.</summary>
    public static (string Text, string Calls) Of(string format, IEnumerable<string> pieces, IEnumerable<CallTool>? tools = null)
    {
        var stream = Stream(format, tools ?? Tools);
        var (text, calls) = (new StringBuilder(), new List<StringBuilder>());
        foreach (var piece in pieces)
        {
            text.Append(stream.Push(piece));
            Add(stream.Pieces(), calls);
        }
        text.Append(stream.Flush());
        Add(stream.Pieces(), calls);
        return (text.ToString(), string.Join('|', calls) + (calls.Count > 0 && !stream.Calls ? "…" : ""));
    }

    static void Add(IEnumerable<CallPiece> pieces, List<StringBuilder> calls)
    {
        foreach (var piece in pieces)
        {
            if (piece.Name is { } name) calls.Add(new StringBuilder(name).Append(' '));
            calls[piece.Index].Append(piece.Arguments);
        }
    }

    /// <summary>The same text cut in two at every place, and in all of them.</summary>
    public static IEnumerable<string[]> Cuts(string written)
    {
        for (var at = 0; at <= written.Length; at++) yield return [written[..at], written[at..]];
        yield return [.. written.Select(c => c.ToString())];
    }
}
