// Decoding as a chain of pipes: tokens go in one by one, text comes out as soon as no later token can change it.
// The same chain decodes a whole list and a stream, so the results never differ.
using System.Text;

namespace Majlis.Text.Tokenizers.Decoders;

/// <summary>One stage with its state; created for each decoding.</summary>
abstract class DecodePipe
{
    /// <summary>A token's text, or, if <paramref name="continues"/>, more of the last token.</summary>
    public abstract void Push(string text, bool continues);

    /// <summary>Ends the stream of tokens.</summary>
    public abstract void End();
}

/// <summary>A decoder of the file's decoder section: creates the pipe that feeds <c>next</c>.</summary>
delegate DecodePipe DecodeStage(DecodePipe next);

/// <summary>The chain's end: collects text until it is taken.</summary>
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

/// <summary>Changes each token by itself; <paramref name="change"/> learns whether it is the first.</summary>
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

/// <summary>Collects fragments into whole tokens, for stages that need them.</summary>
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

/// <summary>Joins all tokens to one.</summary>
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

/// <summary>The rule without a decoder: a space between tokens.</summary>
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
