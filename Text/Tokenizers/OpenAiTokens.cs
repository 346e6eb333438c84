// The tokens of OpenAI's own embedding models (cl100k_base), in which clients written for them send texts to any server. Only decodes.
using Microsoft.ML.Tokenizers;

namespace Majlis.Text.Tokenizers;

public static class OpenAiTokens
{
    /// <summary>Ids from here on are no text: they are unused, or steer OpenAI's models.</summary>
    public const int Vocabulary = 100_256;

    // A megabyte of text becomes a table, so only for who asks.
    static readonly Lazy<TiktokenTokenizer> tokenizer = new(() => TiktokenTokenizer.CreateForEncoding("cl100k_base"));

    /// <summary>The text of ids from 0 to <see cref="Vocabulary"/> - 1; bytes cut off at an end become replacement characters.</summary>
    public static string Decode(IEnumerable<int> ids) => tokenizer.Value.Decode(ids);
}
