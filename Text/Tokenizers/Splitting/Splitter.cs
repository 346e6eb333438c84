// Pre-tokenisation as a chain: each splitter gets a piece and pushes its parts on, down to the model. No lists in between.
using Majlis.Text.Tokenizers.Models;

namespace Majlis.Text.Tokenizers.Splitting;

/// <summary>One stage of the chain; immutable, shared by all calls.</summary>
abstract class Splitter
{
    /// <summary>Whether it must know where in the original text a piece begins.</summary>
    public virtual bool NeedsOrigins => false;

    /// <summary>Pushes the parts of <paramref name="piece"/> on; <paramref name="scratch"/> is this stage's to write in.</summary>
    public abstract void Split(TextSlice piece, AlignedText scratch, PieceFlow next);
}

/// <summary>One call's way through the chain: a stage with its scratch and what follows it, or the model at the end.</summary>
sealed class PieceFlow
{
    readonly Splitter? splitter;
    readonly PieceFlow? next;
    readonly AlignedText scratch = new();
    readonly TokenModel model;
    readonly TokenSink sink;

    PieceFlow(ReadOnlySpan<Splitter> splitters, TokenModel model, TokenSink sink)
    {
        (this.model, this.sink) = (model, sink);
        if (splitters.IsEmpty) return;
        splitter = splitters[0];
        next = new PieceFlow(splitters[1..], model, sink);
    }

    public static PieceFlow Through(ReadOnlySpan<Splitter> splitters, TokenModel model, TokenSink sink) => new(splitters, model, sink);

    public void Push(TextSlice piece)
    {
        if (piece.Text.IsEmpty) return;
        if (splitter is not null)
        {
            splitter.Split(piece, scratch, next!);
            return;
        }
        model.Tokenize(piece, sink);
        sink.CheckCount();
    }
}
