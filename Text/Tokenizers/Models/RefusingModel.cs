// A model that never produces refused tokens: if its vocabulary or merges would make one, it cuts the slice inside that token and
// tokenises the parts, until none comes out.
namespace Majlis.Text.Tokenizers.Models;

/// <summary>For sinks with <see cref="TokenSink.Refused"/>; a slice of one character keeps the tokens that the model gives it.</summary>
sealed class RefusingModel(TokenModel inner, Vocabulary vocabulary) : TokenModel
{
    public override void Tokenize(TextSlice slice, TokenSink sink)
    {
        var before = sink.Ids.Count;
        inner.Tokenize(slice, sink);
        var refused = sink.Ids.Skip(before).Where(sink.Refused!.Contains).ToList();
        if (refused.Count == 0 || slice.Text.Length <= CodePoints.Size(CodePoints.At(slice.Text, 0))) return;
        sink.Shorten(before);
        var done = 0;
        // Makes all cuts at once: cut by cut, a text of a thousand such names would be read a thousand times.
        foreach (var cut in Cuts(slice.Text, refused))
        {
            Tokenize(slice.Slice(done, cut - done), sink);
            done = cut;
        }
        Tokenize(slice.Slice(done, slice.Text.Length - done), sink);
    }

    /// <summary>Positions after the first character of each refused token, ascending; at least one, each inside the text.</summary>
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
