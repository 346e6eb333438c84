// Encodes one text to ids: added tokens in the raw text, normalisation, added tokens again, splitting, the model.
using Majlis.Text.Tokenizers.Models;
using Majlis.Text.Tokenizers.Normalizers;
using Majlis.Text.Tokenizers.Splitting;

namespace Majlis.Text.Tokenizers;

/// <summary>The parts of a tokenizer that encoding uses; immutable, shared by all calls.</summary>
sealed record EncodingParts(
    AddedTokenMatcher Plain, AddedTokenMatcher Normalized, IReadOnlyList<Normalizer> Normalizers, Splitter[] Splitters, TokenModel Model,
    Vocabulary Vocabulary)
{
    /// <summary>
    /// Whether the parts of a split text can be encoded separately without an inserted space, so that a forged control token may be a
    /// separate text, as in transformers' <c>sanitize_control_tokens</c>: byte-level vocabularies without a prefix space.
    /// </summary>
    public bool CanPartText =>
        Splitters.Any(splitter => splitter is ByteLevelSplitter) && !Splitters.Any(splitter => splitter is PrefixSplitter);
}

/// <summary>State of one call. Origins are kept only if offsets are wanted or a splitter needs them.</summary>
sealed class EncodingRun
{
    readonly EncodingParts parts;
    readonly TokenSink sink;
    readonly NormalizerFlow normalizers;
    readonly SplitterFlow splitters;
    readonly TokenAdmission? admits;

    public EncodingRun(EncodingParts parts, TokenSink sink, TokenAdmission? admits)
    {
        (this.parts, this.sink, this.admits) = (parts, sink, admits);
        normalizers = new NormalizerFlow(parts.Normalizers);
        var model = sink.Refused is null ? parts.Model : new RefusingModel(parts.Model, parts.Vocabulary);
        splitters = SplitterFlow.Through(parts.Splitters, model, sink);
    }

    /// <summary>Encodes to the end of the text or to the sink's limit, whichever comes first.</summary>
    public void Encode(string text)
    {
        try
        {
            EncodeAll(text);
        }
        catch (TokenLimitException)
        {
            // The tokens so far already show that there are too many.
        }
    }

    void EncodeAll(string text)
    {
        if (!sink.Tracked && !Array.Exists(parts.Splitters, splitter => splitter.NeedsOrigins))
        {
            EncodeRaw(new TextSlice(text, [], []));
            return;
        }
        var original = new AlignedText();
        original.FillWithOriginal(text);
        EncodeRaw(original.Slice);
    }

    void EncodeRaw(TextSlice slice)
    {
        var (done, search) = (0, 0);
        while (parts.Plain.Next(slice, done, ref search, admits, out var start, out var end, out var reading) is { } token)
        {
            if (start > done) EncodeNormalized(normalizers.Run(slice.Slice(done, start - done)));
            if (reading == Reading.Token) sink.Add(token.Id, slice, start, end);
            else EncodeNormalized(normalizers.Run(slice.Slice(start, end - start)));
            done = end;
            sink.CheckCount();
        }
        if (done < slice.Text.Length) EncodeNormalized(normalizers.Run(slice.Slice(done, slice.Text.Length - done)));
    }

    void EncodeNormalized(TextSlice slice)
    {
        var (done, search) = (0, 0);
        while (parts.Normalized.Next(slice, done, ref search, admits, out var start, out var end, out var reading) is { } token)
        {
            if (start > done) splitters.Push(slice.Slice(done, start - done));
            if (reading == Reading.Token) sink.Add(token.Id, slice, start, end);
            else splitters.Push(slice.Slice(start, end - start));
            done = end;
            sink.CheckCount();
        }
        splitters.Push(slice.Slice(done, slice.Text.Length - done));
    }
}
