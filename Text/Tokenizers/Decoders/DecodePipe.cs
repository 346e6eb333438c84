// Decoding as a chain of pipes: tokens go in one by one, text comes out as soon as nothing that follows can change it.
// The same chain decodes a whole list and a stream, so the two can never differ.
using System.Text;

namespace Majlis.Text.Tokenizers.Decoders;

/// <summary>One stage with its state; made anew for every decoding.</summary>
abstract class DecodePipe
{
    /// <summary>A token's text, or, when <paramref name="continues"/>, more of the token before.</summary>
    public abstract void Push(string text, bool continues);

    /// <summary>No more tokens come.</summary>
    public abstract void End();
}

/// <summary>What a decoder section means: makes the pipe that feeds <c>next</c>.</summary>
delegate DecodePipe DecodeStage(DecodePipe next);

/// <summary>The chain's end: gathers text until it is taken.</summary>
sealed class TextCollector : DecodePipe
{
    readonly StringBuilder text = new();

    public override void Push(string text, bool continues) => this.text.Append(text);

    public override void End() { }

    public string Take()
    {
        var taken = text.ToString();
        text.Clear();
        return taken;
    }
}

/// <summary>Changes each token by itself; <paramref name="change"/> is told whether it is the first.</summary>
sealed class EachToken(Func<string, bool, string> change, DecodePipe next) : DecodePipe
{
    bool first = true;

    public override void Push(string text, bool continues)
    {
        next.Push(change(text, first), continues);
        first = false;
    }

    public override void End() => next.End();
}

/// <summary>Gathers fragments into whole tokens, for stages that look at a token as a whole.</summary>
sealed class WholeTokens(DecodePipe next) : DecodePipe
{
    readonly StringBuilder held = new();
    bool holding;

    public override void Push(string text, bool continues)
    {
        if (holding && !continues) Release();
        held.Append(text);
        holding = true;
    }

    public override void End()
    {
        if (holding) Release();
        next.End();
    }

    void Release()
    {
        next.Push(held.ToString(), false);
        held.Clear();
        holding = false;
    }
}

/// <summary>Makes all tokens one.</summary>
sealed class FusePipe(DecodePipe next) : DecodePipe
{
    bool begun;

    public override void Push(string text, bool continues)
    {
        next.Push(text, begun);
        begun = true;
    }

    public override void End() => next.End();
}

/// <summary>Without a decoder, tokens stand beside each other with a space between.</summary>
sealed class SpacedPipe(DecodePipe next) : DecodePipe
{
    bool begun;

    public override void Push(string text, bool continues)
    {
        next.Push(begun && !continues ? " " + text : text, begun);
        begun = true;
    }

    public override void End() => next.End();
}
