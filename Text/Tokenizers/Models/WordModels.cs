// Models that look up words: WordPiece takes the longest known prefix again and again, WordLevel the whole word.
namespace Majlis.Text.Tokenizers.Models;

sealed class WordPieceModel(ModelDefinition definition, int unknown) : TokenModel
{
    readonly string prefix = definition.ContinuingPrefix ?? "##";
    readonly int longest = definition.Vocabulary.Entries.Select(entry => entry.Token.Length).DefaultIfEmpty().Max();

    public override void Tokenize(TextSlice slice, TokenSink sink)
    {
        var text = slice.Text;
        List<(int Id, int Start, int End)> tokens = [];
        if (!IsTooLong(text) && TrySplit(text, tokens))
            foreach (var token in tokens) sink.Add(token.Id, slice, token.Start, token.End);
        else
            sink.Add(unknown, slice, 0, text.Length);
    }

    bool IsTooLong(ReadOnlySpan<char> text)
    {
        var characters = 0;
        for (var i = 0; i < text.Length && characters <= definition.MaxWordLength; characters++)
            i += CodePoints.Size(CodePoints.At(text, i));
        return characters > definition.MaxWordLength;
    }

    bool TrySplit(ReadOnlySpan<char> text, List<(int Id, int Start, int End)> tokens)
    {
        // Writes the prefix into the text right before the remaining part.
        Span<char> marked = new char[prefix.Length + text.Length];
        for (var start = 0; start < text.Length;)
        {
            var lead = start == 0 ? 0 : prefix.Length;
            prefix.AsSpan(0, lead).CopyTo(marked);
            text[start..].CopyTo(marked[lead..]);
            var length = Math.Min(text.Length - start, longest);
            var id = -1;
            while (length > 0 && !definition.Vocabulary.TryGetId(marked[..(lead + length)], out id)) length--;
            if (length == 0) return false;
            tokens.Add((id, start, start + length));
            start += length;
        }
        return true;
    }
}

sealed class WordLevelModel(ModelDefinition definition, int unknown) : TokenModel
{
    public override void Tokenize(TextSlice slice, TokenSink sink) =>
        sink.Add(definition.Vocabulary.Id(slice.Text) ?? unknown, slice, 0, slice.Text.Length);
}
