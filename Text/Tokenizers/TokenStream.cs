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
    // Text before the stream that the pipes hold back.
    string owed = "";

    internal TokenStream(TextTokenizer tokenizer, IReadOnlyList<DecodeStage> stages, bool skipSpecialTokens, Predicate<string>? kept)
    {
        (this.tokenizer, this.skipSpecialTokens, this.kept) = (tokenizer, skipSpecialTokens, kept);
        pipe = stages.Reverse().Aggregate((DecodePipe)collector, (next, stage) => stage(next));
    }

    /// <summary>
    /// The tokens to come continue a text that ends with these, whose own text is not returned. Call it before the first one.
    /// </summary>
    public void Continue(ReadOnlySpan<int> before)
    {
        // No decoder looks farther back than a character or a word.
        const int tail = 16;
        before = before[Math.Max(0, before.Length - tail)..];
        foreach (var id in before) Take(id);
        var (returned, whole) = (collector.Take(), tokenizer.Stream(skipSpecialTokens, kept).All(before));
        owed = whole.StartsWith(returned, StringComparison.Ordinal) ? whole[returned.Length..] : "";
    }

    /// <summary>The text that this token completed; often none. Ids without a token are skipped.</summary>
    public string Push(int id)
    {
        Take(id);
        return Own(collector.Take());
    }

    /// <summary>Returns the rest and ends the stream.</summary>
    public string Flush()
    {
        pipe.End();
        return Own(collector.Take());
    }

    internal string All(ReadOnlySpan<int> ids)
    {
        foreach (var id in ids) Take(id);
        return Flush();
    }

    // Half a character that is owed shows as U+FFFD; completed it is other text, and belongs to this stream.
    string Own(string text)
    {
        if (owed.Length == 0 || text.Length == 0) return text;
        var same = text.AsSpan().CommonPrefixLength(owed);
        owed = same == text.Length ? owed[same..] : "";
        return text[same..];
    }

    void Take(int id)
    {
        if (tokenizer.DecodedText(id) is { } text && !IsSkipped(text)) pipe.Push(text, false);
    }

    bool IsSkipped(string text) => skipSpecialTokens && tokenizer.IsSkipped(text) && kept?.Invoke(text) is not true;
}
