// Decoders that produce bytes: GPT-2's byte alphabet, and SentencePiece's <0xXX> tokens.
using System.Globalization;
using System.Text;
using Majlis.Text.Tokenizers.Splitting;

namespace Majlis.Text.Tokenizers.Decoders;

/// <summary>Decodes the bytes of all tokens as one UTF-8 text; an unfinished character waits, a broken one gives U+FFFD at once.</summary>
sealed class ByteLevelPipe(DecodePipe next) : DecodePipe
{
    readonly Decoder decoder = Encoding.UTF8.GetDecoder();
    bool begun;

    public override void Push(string text, bool continues) => Emit(BytesOf(text), flush: false);

    public override void End()
    {
        Emit([], flush: true);
        next.End();
    }

    /// <summary>A token's bytes; a token with a character outside the alphabet gives its own UTF-8.</summary>
    public static byte[] BytesOf(string token)
    {
        var bytes = new byte[token.Length];
        for (var i = 0; i < token.Length; i++)
        {
            var value = ByteAlphabet.ByteOf(token[i]);
            if (value < 0) return Encoding.UTF8.GetBytes(token);
            bytes[i] = (byte)value;
        }
        return bytes;
    }

    void Emit(byte[] bytes, bool flush)
    {
        var units = new char[Encoding.UTF8.GetMaxCharCount(bytes.Length)];
        var count = decoder.GetChars(bytes, units, flush);
        if (count == 0) return;
        next.Push(new string(units, 0, count), begun);
        begun = true;
    }
}

/// <summary>
/// A run of byte tokens becomes one text if all of it is UTF-8, else one U+FFFD a token. So a run waits until it ends: a byte that
/// breaks it would change characters that seemed complete.
/// </summary>
sealed class ByteFallbackPipe(DecodePipe next) : DecodePipe
{
    static readonly UTF8Encoding strict = new(false, throwOnInvalidBytes: true);

    readonly List<byte> run = [];

    public override void Push(string text, bool continues)
    {
        if (TryByte(text, out var value)) run.Add(value);
        else
        {
            Release();
            next.Push(text, continues);
        }
    }

    public override void End()
    {
        Release();
        next.End();
    }

    /// <summary>Reads a token of the form &lt;0xXX&gt;.</summary>
    public static bool TryByte(string token, out byte value)
    {
        value = 0;
        return token.Length == 6 && token.StartsWith("<0x", StringComparison.Ordinal) && token[5] == '>'
            && byte.TryParse(token.AsSpan(3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
    }

    void Release()
    {
        if (run.Count == 0) return;
        try
        {
            next.Push(strict.GetString([.. run]), false);
        }
        catch (DecoderFallbackException)
        {
            for (var i = 0; i < run.Count; i++) next.Push("\ufffd", false);
        }
        run.Clear();
    }
}
