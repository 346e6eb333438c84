// One text on its way to ids: added tokens out of the raw text, normalisation, added tokens again, splitting, the model.
using Majlis.Text.Tokenizers.Models;
using Majlis.Text.Tokenizers.Normalizers;
using Majlis.Text.Tokenizers.Splitting;

namespace Majlis.Text.Tokenizers;

/// <summary>The parts of a tokenizer that encoding uses; immutable, shared by all calls.</summary>
sealed record EncodingParts(
    AddedTokenMatcher Plain, AddedTokenMatcher Normalized, IReadOnlyList<Normalizer> Normalizers, Splitter[] Splitters, TokenModel Model);

/// <summary>State of one call. Origins are kept only when offsets are wanted or a splitter asks for them.</summary>
sealed class EncodingRun
{
    readonly EncodingParts parts;
    readonly TokenSink sink;
    readonly NormalizerFlow normalizers;
    readonly PieceFlow splitters;
    readonly Func<AddedToken, bool>? wanted;

    public EncodingRun(EncodingParts parts, TokenSink sink, Func<AddedToken, bool>? wanted)
    {
        (this.parts, this.sink, this.wanted) = (parts, sink, wanted);
        normalizers = new NormalizerFlow(parts.Normalizers);
        splitters = PieceFlow.Through(parts.Splitters, parts.Model, sink);
    }

    public void Encode(string text)
    {
        if (!sink.Tracked && !Array.Exists(parts.Splitters, splitter => splitter.NeedsOrigins))
        {
            EncodeRaw(new Piece(text, [], []));
            return;
        }
        var original = new AlignedText();
        original.FillWithOriginal(text);
        EncodeRaw(original.Piece);
    }

    void EncodeRaw(Piece piece)
    {
        var (done, search) = (0, 0);
        while (parts.Plain.Next(piece.Text, done, ref search, wanted, out var start, out var end) is { } token)
        {
            if (start > done) EncodeNormalized(normalizers.Run(piece.Slice(done, start - done)));
            sink.Add(token.Id, piece, start, end);
            done = end;
        }
        if (done < piece.Text.Length) EncodeNormalized(normalizers.Run(piece.Slice(done, piece.Text.Length - done)));
    }

    void EncodeNormalized(Piece piece)
    {
        var (done, search) = (0, 0);
        while (parts.Normalized.Next(piece.Text, done, ref search, wanted, out var start, out var end) is { } token)
        {
            if (start > done) splitters.Push(piece.Slice(done, start - done));
            sink.Add(token.Id, piece, start, end);
            done = end;
        }
        splitters.Push(piece.Slice(done, piece.Text.Length - done));
    }
}
