// Pre-tokenisation as a chain: each splitter gets a slice and pushes its parts on, down to the model, without lists in between.
using Majlis.Text.Tokenizers.Models;

namespace Majlis.Text.Tokenizers.Splitting;

/// <summary>One stage of the chain; immutable, shared by all calls.</summary>
abstract class Splitter
{
    /// <summary>Whether it must know where a slice begins in the original text.</summary>
    public virtual bool NeedsOrigins => false;

    /// <summary>Pushes the parts of <paramref name="slice"/> on; <paramref name="scratch"/> is this stage's buffer.</summary>
    public abstract void Split(TextSlice slice, AlignedText scratch, SplitterFlow next);
}

/// <summary>The chain of one call: a stage with its buffer and the stages after it, or the model at the end.</summary>
sealed class SplitterFlow
{
    readonly Splitter? splitter;
    readonly SplitterFlow? next;
    readonly AlignedText scratch = new();
    readonly TokenModel model;
    readonly TokenSink sink;

    SplitterFlow(ReadOnlySpan<Splitter> splitters, TokenModel model, TokenSink sink)
    {
        (this.model, this.sink) = (model, sink);
        if (splitters.IsEmpty) return;
        splitter = splitters[0];
        next = new SplitterFlow(splitters[1..], model, sink);
    }

    public static SplitterFlow Through(ReadOnlySpan<Splitter> splitters, TokenModel model, TokenSink sink) => new(splitters, model, sink);

    public void Push(TextSlice slice)
    {
        if (slice.Text.IsEmpty) return;
        if (splitter is not null)
        {
            splitter.Split(slice, scratch, next!);
            return;
        }
        model.Tokenize(slice, sink);
        sink.CheckCount();
    }
}
