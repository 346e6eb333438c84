// Decodes tokens to text as they come. Holds back text that later tokens may change; never ends inside a character.
using Majlis.Text.Tokenizers.Decoders;

namespace Majlis.Text.Tokenizers;

/// <summary>One decoding. All returned pieces and the flush, joined, equal the decoding of the whole.</summary>
public sealed class TokenStream
{
    readonly TextTokenizer tokenizer;
    readonly bool skipSpecialTokens;
    readonly Predicate<string>? kept;
    readonly TextCollector collector = new();
    readonly DecodePipe pipe;

    internal TokenStream(TextTokenizer tokenizer, IReadOnlyList<DecodeStage> stages, bool skipSpecialTokens, Predicate<string>? kept)
    {
        (this.tokenizer, this.skipSpecialTokens, this.kept) = (tokenizer, skipSpecialTokens, kept);
        pipe = stages.Reverse().Aggregate((DecodePipe)collector, (next, stage) => stage(next));
    }

    /// <summary>The text that this token completed; often none. Ids without a token are skipped.</summary>
    public string Push(int id)
    {
        Take(id);
        return collector.Take();
    }

    /// <summary>Returns the rest and ends the stream.</summary>
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
        if (tokenizer.DecodedText(id) is { } text && !IsSkipped(text)) pipe.Push(text, false);
    }

    bool IsSkipped(string text) => skipSpecialTokens && tokenizer.IsSkipped(text) && kept?.Invoke(text) is not true;
}
