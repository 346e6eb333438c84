// A model that spells out refused tokens which its own vocabulary or merges would make of a piece: where one comes out, the piece is cut
// inside it and its parts are tokenised, until none does.
namespace Majlis.Text.Tokenizers.Models;

/// <summary>For sinks with <see cref="TokenSink.Refused"/>; a piece of one character keeps whatever the model makes of it.</summary>
sealed class RefusingModel(TokenModel inner, Vocabulary vocabulary) : TokenModel
{
    public override void Tokenize(TextSlice piece, TokenSink sink)
    {
        var before = sink.Ids.Count;
        inner.Tokenize(piece, sink);
        var refused = sink.Ids.Skip(before).Where(sink.Refused!.Contains).ToList();
        if (refused.Count == 0 || piece.Text.Length <= CodePoints.Size(CodePoints.At(piece.Text, 0))) return;
        sink.Shorten(before);
        var done = 0;
        // All cuts at once: one after the other would read a text of a thousand such names a thousand times.
        foreach (var cut in Cuts(piece.Text, refused))
        {
            Tokenize(piece.Slice(done, cut - done), sink);
            done = cut;
        }
        Tokenize(piece.Slice(done, piece.Text.Length - done), sink);
    }

    /// <summary>Places behind the first character of each refused token, in order; at least one, each inside the text.</summary>
    List<int> Cuts(ReadOnlySpan<char> text, List<int> refused)
    {
        List<int> cuts = [];
        var search = 0;
        foreach (var token in refused.Select(id => vocabulary.Token(id)!))
        {
            var found = text[search..].IndexOf(token, StringComparison.Ordinal);
            if (found < 0) continue;
            var cut = search + found + CodePoints.Size(CodePoints.At(text, search + found));
            search += found + token.Length;
            if (cut < text.Length) cuts.Add(cut);
        }
        return cuts.Count > 0 ? cuts : [CodePoints.Size(CodePoints.At(text, 0))];
    }
}
