// Generated text on its way out, searched for stop strings: everything is released except the longest tail that may become a stop string.
// The boundaries of the pieces make no difference. Knows no tokens; its pieces never end inside a character.
using System.Collections.Immutable;
using System.Text;

namespace Majlis.Inference;

/// <summary>One sequence's text. Once <see cref="Stop"/> is set the stream is over.</summary>
public sealed class TextStream(ImmutableArray<string> stops, bool includeStop = false)
{
    readonly StringBuilder held = new();

    /// <summary>The stop string that ended the text, or null.</summary>
    public string? Stop { get; private set; }

    /// <summary>Adds a piece and returns the text that may be shown.</summary>
    public string Push(string piece)
    {
        if (Stop is not null) return "";
        if (stops.IsDefaultOrEmpty) return piece;
        var scanned = held.Length;
        held.Append(piece);
        for (var end = scanned + 1; end <= held.Length; end++)
        {
            if (CompletedAt(end) is not { } stop) continue;
            Stop = stop;
            return Take(includeStop ? end : end - stop.Length, rest: 0);
        }
        var tail = Tail();
        return Take(held.Length - tail, tail);
    }

    /// <summary>The text that was held back, when the sequence ends without a stop string.</summary>
    public string Flush() => Stop is null ? Take(held.Length, rest: 0) : "";

    /// <summary>The longest stop string that the first <paramref name="end"/> held characters end with.</summary>
    string? CompletedAt(int end)
    {
        string? longest = null;
        foreach (var stop in stops)
            if (stop.Length > (longest?.Length ?? 0) && stop.Length <= end && Matches(stop, end - stop.Length, stop.Length)) longest = stop;
        return longest;
    }

    /// <summary>Length of the longest tail that is a proper prefix of a stop string.</summary>
    int Tail()
    {
        var longest = 0;
        foreach (var stop in stops)
            for (var length = Math.Min(stop.Length - 1, held.Length); length > longest; length--)
                if (Matches(stop, held.Length - length, length)) longest = length;
        return longest;
    }

    bool Matches(string stop, int start, int length)
    {
        for (var i = 0; i < length; i++) if (held[start + i] != stop[i]) return false;
        return true;
    }

    string Take(int count, int rest)
    {
        var text = held.ToString(0, count);
        held.Remove(0, held.Length - rest);
        return text;
    }
}
