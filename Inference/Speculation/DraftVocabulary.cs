// Whether a small model's tokens are those of the model that it guesses for. Knows no network.
using Majlis.Text.Tokenizers;

namespace Majlis.Inference.Speculation;

public static class DraftVocabulary
{
    /// <summary>The first token that the two spell differently, as the end of a sentence; null where all are the same.</summary>
    public static string? Difference(TextTokenizer tokenizer, TextTokenizer draft)
    {
        for (var id = 0; id < Math.Max(tokenizer.VocabularySize, draft.VocabularySize); id++)
            if (tokenizer.TokenText(id) != draft.TokenText(id) || tokenizer.IsControl(id) != draft.IsControl(id))
                return $"token {id} is {Shown(draft, id)} there and {Shown(tokenizer, id)} here";
        return null;
    }

    static string Shown(TextTokenizer tokenizer, int id) => tokenizer.TokenText(id) is { } text ? $"'{text}'" : "absent";
}
