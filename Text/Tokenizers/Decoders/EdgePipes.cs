// Decoders that depend on a token's edges or its neighbours: Strip, BPEDecoder, CTC.
using System.Text;

namespace Majlis.Text.Tokenizers.Decoders;

/// <summary>Strips up to a number of one character off each token's start and end; text that may be stripped waits.</summary>
sealed class StripPipe(Rune content, int start, int stop, DecodePipe next) : DecodePipe
{
    readonly string wanted = content.ToString();
    string held = "";
    int startLeft;
    bool begun;

    public override void Push(string text, bool continues)
    {
        var continued = continues && begun;
        if (!continued) (startLeft, begun, held) = (start, true, "");
        text = held + CutStart(text);
        var end = text.Length;
        for (var i = 0; i < stop && text.AsSpan(0, end).EndsWith(wanted); i++) end -= wanted.Length;
        held = text[end..];
        next.Push(text[..end], continued);
    }

    // The held text is the end of the last token, so it is stripped.
    public override void End() => next.End();

    string CutStart(string text)
    {
        var cut = 0;
        while (startLeft > 0 && text.AsSpan(cut).StartsWith(wanted))
        {
            cut += wanted.Length;
            startLeft--;
        }
        if (cut < text.Length) startLeft = 0;
        return text[cut..];
    }
}

/// <summary>Turns the suffix that ends a word into a space, or into nothing after the last token.</summary>
sealed class WordEndPipe(string suffix, DecodePipe next) : DecodePipe
{
    // The last token, from its first suffix on.
    string held = "";

    public override void Push(string text, bool continues)
    {
        Release(" ");
        var end = text.IndexOf(suffix, StringComparison.Ordinal);
        (text, held) = end < 0 ? (text, "") : (text[..end], text[end..]);
        next.Push(text, false);
    }

    public override void End()
    {
        Release("");
        next.End();
    }

    void Release(string ending)
    {
        if (held.Length > 0) next.Push(held.Replace(suffix, ending, StringComparison.Ordinal), true);
    }
}

/// <summary>Drops padding, and a token that repeats the one before.</summary>
sealed class CtcPipe(string pad, Func<string, string> change, DecodePipe next) : DecodePipe
{
    string? previous;

    public override void Push(string text, bool continues)
    {
        if (text == previous) return;
        previous = text;
        var changed = change(text.Replace(pad, "", StringComparison.Ordinal));
        if (changed.Length > 0) next.Push(changed, false);
    }

    public override void End() => next.End();
}
