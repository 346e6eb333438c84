// The model: turns one pre-tokenised slice of text into tokens. Knows nothing of added tokens, normalisation or decoding.
namespace Majlis.Text.Tokenizers.Models;

/// <summary>Immutable and safe for concurrent use.</summary>
abstract class TokenModel
{
    public abstract void Tokenize(TextSlice slice, TokenSink sink);
}
