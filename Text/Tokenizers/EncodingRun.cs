// One text on its way to ids: added tokens out of the raw text, normalisation, added tokens again, splitting, the model.
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
    /// Whether a text cut in two is still spelled as one, so that a mark in a stranger's text may stand apart, as transformers'
    /// <c>sanitize_control_tokens</c> has it: byte-level vocabularies that put no blank in front. SentencePiece's would.
    /// </summary>
    public bool CanPartText => Splitters.Any(splitter => splitter is ByteLevelSplitter) && !Splitters.Any(splitter => splitter is PrefixSplitter);
}

/// <summary>State of one call. Origins are kept only when offsets are wanted or a splitter asks for them.</summary>
sealed class EncodingRun
{
    readonly EncodingParts parts;
    readonly TokenSink sink;
    readonly NormalizerFlow normalizers;
    readonly PieceFlow splitters;
    readonly TokenAdmission? admits;

    public EncodingRun(EncodingParts parts, TokenSink sink, TokenAdmission? admits)
    {
        (this.parts, this.sink, this.admits) = (parts, sink, admits);
        normalizers = new NormalizerFlow(parts.Normalizers);
        var model = sink.Refused is null ? parts.Model : new RefusingModel(parts.Model, parts.Vocabulary);
        splitters = PieceFlow.Through(parts.Splitters, model, sink);
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
            // What was found so far says that there is too much.
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

    void EncodeRaw(TextSlice piece)
    {
        var (done, search) = (0, 0);
        while (parts.Plain.Next(piece, done, ref search, admits, out var start, out var end, out var reading) is { } token)
        {
            if (start > done) EncodeNormalized(normalizers.Run(piece.Slice(done, start - done)));
            if (reading == Reading.Token) sink.Add(token.Id, piece, start, end);
            else EncodeNormalized(normalizers.Run(piece.Slice(start, end - start)));
            done = end;
            sink.CheckCount();
        }
        if (done < piece.Text.Length) EncodeNormalized(normalizers.Run(piece.Slice(done, piece.Text.Length - done)));
    }

    void EncodeNormalized(TextSlice piece)
    {
        var (done, search) = (0, 0);
        while (parts.Normalized.Next(piece, done, ref search, admits, out var start, out var end, out var reading) is { } token)
        {
            if (start > done) splitters.Push(piece.Slice(done, start - done));
            if (reading == Reading.Token) sink.Add(token.Id, piece, start, end);
            else splitters.Push(piece.Slice(start, end - start));
            done = end;
            sink.CheckCount();
        }
        splitters.Push(piece.Slice(done, piece.Text.Length - done));
    }
}
