// From a text to the tokens that an encoder reads: the kind's prompt before it, framed, and no longer than the model takes.
using Majlis.Model.Sentences;
using Majlis.Text.Tokenizers;

namespace Majlis.Inference.Sentences;

/// <summary>What is left out of a text that is too long: nothing (it is refused), its end, or its start.</summary>
public enum Truncation { None, End, Start }

public static class SentenceTokens
{
    /// <summary>The text's tokens; null where it is too long and nothing may be left out.</summary>
    /// <param name="most">The most tokens, those of the frame included.</param>
    public static int[]? Of(TextTokenizer tokenizer, SentenceConfig config, string prompt, string text, int most, Truncation truncation)
    {
        var whole = prompt + text;
        if (config.LowersCase) whole = whole.ToLowerInvariant();
        var room = Math.Max(0, most - tokenizer.FrameLength);
        var ids = truncation == Truncation.Start ? tokenizer.Encode(whole, addSpecialTokens: false) : tokenizer.EncodeUpTo(whole, room);
        if (ids.Length <= room) return tokenizer.Frame(ids);
        return truncation == Truncation.None ? null : tokenizer.Frame(truncation == Truncation.End ? ids[..room] : ids[^room..]);
    }
}
