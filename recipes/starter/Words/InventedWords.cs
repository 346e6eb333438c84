// Words that no language has, of several tokens each, spelled as the language would. A fifth of them, told by a hash, is only for
// held-out items. Knows no meaning.
using System.Text;
using Majlis.recipes.starter.Grammar;

namespace Majlis.recipes.starter.Words;

public static class InventedWords
{
    static readonly string[] onsets =
        ["b", "d", "f", "g", "k", "l", "m", "n", "p", "r", "s", "t", "v", "z", "h", "j", "sh", "th", "br", "dr", "kr", "tr", "gl", "st"];

    static readonly string[] vowels = ["a", "e", "i", "o", "u", "a", "o", "ai"];
    static readonly string[] codas = ["", "n", "r", "l", "m", "k", "d", "s", "x", "sh", "nd", "rt"];

    // C stands for a consonant.
    static readonly string[] arabic =
        ["CاCوC", "CوCاCي", "CيCاC", "CCاCين", "CCCان", "CاCيCا", "CCوCة", "CCCون", "CاCCان", "CيCوCا", "CCاCوC", "CوCيCان"];

    const string Consonants = "بتجحخدرزسشصطعفقكلمنه";

    public static string Next(Chance chance, Language language, Split split)
    {
        while (true)
        {
            var word = language == Language.English ? English(chance) : Arabic(chance);
            if (IsHeldOut(word) == (split == Split.HeldOut)) return word;
        }
    }

    /// <summary>Whether a word is kept for held-out items: FNV-1a of its UTF-8 bytes, modulo 5, is 0.</summary>
    public static bool IsHeldOut(string word) =>
        Encoding.UTF8.GetBytes(word).Aggregate(14695981039346656037UL, (hash, next) => (hash ^ next) * 1099511628211UL) % 5 == 0;

    static string English(Chance chance)
    {
        var word = new StringBuilder();
        for (var left = chance.Happens(0.7) ? 2 : 3; left > 0; left--) word.Append(chance.Pick(onsets)).Append(chance.Pick(vowels));
        word.Append(chance.Pick(codas));
        word[0] = char.ToUpperInvariant(word[0]);
        return word.ToString();
    }

    static string Arabic(Chance chance)
    {
        var word = new StringBuilder();
        foreach (var letter in chance.Pick(arabic))
        {
            var next = letter;
            if (letter == 'C')
                do next = Consonants[chance.Below(Consonants.Length)];
                while (word.Length > 0 && word[^1] == next);
            word.Append(next);
        }
        return word.ToString();
    }
}
