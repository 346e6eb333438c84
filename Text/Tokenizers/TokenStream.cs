// Text out of tokens as they come. Holds back what the next tokens may still change; never ends inside a character.
using Majlis.Text.Tokenizers.Decoders;

namespace Majlis.Text.Tokenizers;

/// <summary>One decoding under way. All pieces and the flush, put together, equal the decoding of the whole.</summary>
public sealed class TokenStream
{
    readonly TextTokenizer tokenizer;
    readonly bool skipSpecialTokens;
    readonly TextCollector collector = new();
    readonly DecodePipe pipe;

    internal TokenStream(TextTokenizer tokenizer, IReadOnlyList<DecodeStage> stages, bool skipSpecialTokens)
    {
        (this.tokenizer, this.skipSpecialTokens) = (tokenizer, skipSpecialTokens);
        pipe = stages.Reverse().Aggregate((DecodePipe)collector, (next, stage) => stage(next));
    }

    /// <summary>The text that became certain with this token; often none. Ids that name no token are passed over.</summary>
    public string Push(int id)
    {
        Take(id);
        return collector.Take();
    }

    /// <summary>The rest, when no more tokens come; the stream is over then.</summary>
    public string Flush()
    {
        pipe.End();
        return collector.Take();
    }

    internal string All(ReadOnlySpan<int> ids)
    {
        foreach (var id in ids) Take(id);
        return Flush();
    }

    void Take(int id)
    {
        if (tokenizer.DecodedText(id) is { } text && !(skipSpecialTokens && tokenizer.IsSkipped(text))) pipe.Push(text, false);
    }
}
