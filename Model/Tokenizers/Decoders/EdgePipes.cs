// Decoders that look at a token's edges or its neighbours: Strip, BPEDecoder, CTC.
using System.Text;

namespace Majlis.Model.Tokenizers;

/// <summary>Cuts up to so many of one character off each token's start and end; the end waits until the token is over.</summary>
sealed class StripPipe(Rune content, int start, int stop, DecodePipe next) : DecodePipe
{
    readonly StringBuilder held = new();
    int startLeft;
    bool begun;
    bool emitted;

    public override void Push(string text, bool continues)
    {
        if (!continues || !begun)
        {
            Release();
            (startLeft, begun, emitted) = (start, true, false);
        }
        held.Append(CutStart(text));
        if (stop > 0) return;
        Emit(held.ToString());
        held.Clear();
    }

    public override void End()
    {
        Release();
        next.End();
    }

    string CutStart(string text)
    {
        var cut = 0;
        while (startLeft > 0 && text.AsSpan(cut).StartsWith(content.ToString()))
        {
            cut += content.Utf16SequenceLength;
            startLeft--;
        }
        if (cut < text.Length) startLeft = 0;
        return text[cut..];
    }

    void Release()
    {
        if (!begun || stop == 0) return;
        var text = held.ToString();
        for (var i = 0; i < stop && text.EndsWith(content.ToString(), StringComparison.Ordinal); i++)
            text = text[..^content.Utf16SequenceLength];
        held.Clear();
        Emit(text);
    }

    void Emit(string text)
    {
        next.Push(text, emitted);
        emitted = true;
    }
}

/// <summary>The suffix that ends a word becomes a space, but nothing after the last token.</summary>
sealed class WordEndPipe(string suffix, DecodePipe next) : DecodePipe
{
    string? held;

    public override void Push(string text, bool continues)
    {
        if (held is not null) next.Push(held.Replace(suffix, " ", StringComparison.Ordinal), false);
        held = text;
    }

    public override void End()
    {
        if (held is not null) next.Push(held.Replace(suffix, "", StringComparison.Ordinal), false);
        next.End();
    }
}

/// <summary>A token that repeats the one before, and padding, is left out.</summary>
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
