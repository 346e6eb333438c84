// Words put together from the tokenizer's own tokens, for training alone. A token that no answer ever held is never written, even where it
// has only to be copied; these words leave none out. Knows no meaning.
using Majlis.recipes.starter.Grammar;
using Majlis.Text.Tokenizers;

namespace Majlis.recipes.starter.Words;

public sealed class VocabularyWords
{
    const string Resource = "tokenizer.json";

    static readonly TextTokenizer tokenizer = ReadTokenizer();

    readonly List<string> beginnings = [];
    readonly List<string> continuations = [];
    readonly HashSet<string> heldOut;

    public VocabularyWords(Language language)
    {
        heldOut = [.. new World(language, Split.HeldOut).WrittenNames];
        foreach (var text in Enumerable.Range(0, tokenizer.VocabularySize).Where(id => !tokenizer.IsSpecial(id)).Select(Token))
        {
            var letters = text.TrimStart(' ');
            if (letters.Length == 0 || !letters.All(letter => IsOf(language, letter))) continue;
            var isName = language == Language.English ? char.IsAsciiLetterUpper(letters[0]) : letters.Length > 1;
            if (letters.Length < text.Length && isName) beginnings.Add(letters);
            if (letters.Length == text.Length && !letters.Any(char.IsAsciiLetterUpper)) continuations.Add(letters);
        }
    }

    /// <summary>A word of two or three tokens that no held-out item has.</summary>
    public string Next(Chance chance)
    {
        while (true)
        {
            var word = chance.Pick(beginnings) + chance.Pick(continuations) + (chance.Happens(0.5) ? chance.Pick(continuations) : "");
            if (word.Length > 3 && !heldOut.Contains(word) && !InventedWords.IsHeldOut(word)) return word;
        }
    }

    static string Token(int id) => tokenizer.Decode([id], skipSpecialTokens: true);

    // Presentation forms and marks stay out; they are other letters to a reader.
    static bool IsOf(Language language, char letter) =>
        language == Language.English ? char.IsAsciiLetter(letter) : letter is >= 'ء' and <= 'ي' and not 'ـ';

    static TextTokenizer ReadTokenizer()
    {
        using var stream = typeof(VocabularyWords).Assembly.GetManifestResourceStream(Resource)
            ?? throw new FileNotFoundException($"model/{Resource} is not there.");
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        return TextTokenizer.ParseJson(memory.ToArray(), Resource);
    }
}
