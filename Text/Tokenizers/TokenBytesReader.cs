// The bytes of a single token, from the decoder section; for grammars and byte-exact logs.
using System.Text;
using Majlis.Text.Tokenizers.Decoders;
using Majlis.Text.Tokenizers.Splitting;

namespace Majlis.Text.Tokenizers;

/// <summary>Applies the decoder's steps to a token in the middle of a text, where no leading space is stripped.</summary>
sealed class TokenBytesReader
{
    readonly bool byteLevel;
    readonly bool byteFallback;
    readonly List<Func<string, string>> changes = [];

    public TokenBytesReader(JsonField? decoder)
    {
        foreach (var step in decoder is { } section ? DecoderReader.Flatten(section) : [])
        {
            var kind = step.Field("type").Text();
            byteLevel |= kind == "ByteLevel";
            byteFallback |= kind == "ByteFallback";
            if (kind == "Replace")
            {
                var replace = DecoderReader.Replacement(step);
                changes.Add(token => replace(token, false));
            }
            else if (kind == "Metaspace")
            {
                var mark = SplitterReader.Character(step.Field("replacement")).ToString();
                changes.Add(token => token.Replace(mark, " ", StringComparison.Ordinal));
            }
            else if (kind == "WordPiece")
            {
                var prefix = step.TextOrNull("prefix") ?? "##";
                changes.Add(token => token.StartsWith(prefix, StringComparison.Ordinal) ? token[prefix.Length..] : " " + token);
            }
        }
    }

    public byte[] Read(string token)
    {
        if (byteLevel) return ByteLevelPipe.BytesOf(token);
        if (byteFallback && ByteFallbackPipe.TryByte(token, out var value)) return [value];
        return Encoding.UTF8.GetBytes(changes.Aggregate(token, (text, change) => change(text)));
    }
}
