// Reads answers as text: words, sentences, numbers, marks. Knows no tasks.
using System.Globalization;
using System.Text.RegularExpressions;
using Majlis.Text.Normalization;

namespace Majlis.recipes.starter.Checks;

public static partial class Texts
{
    /// <summary>Whether the words stand in the text with no letter or digit beside them; marks of Arabic and case do not count.</summary>
    public static bool HasWords(string text, string words)
    {
        var (folded, sought) = (Fold(text), Fold(words));
        int Next(int from) => folded.IndexOf(sought, from, StringComparison.Ordinal);
        for (var at = Next(0); at >= 0; at = Next(at + 1))
            if (!IsInside(folded, at - 1) && !IsInside(folded, at + sought.Length)) return true;
        return false;
    }

    /// <summary>Null where there is none, or one of more than nine digits.</summary>
    public static int? LastNumber(string text) => Number().Matches(text) is { Count: > 0 } found
        && int.TryParse(found[^1].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    public static int WordCount(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length;

    /// <summary>Sentences that end in a full stop, a question or exclamation mark, or with the text.</summary>
    public static List<string> Sentences(string text) =>
        [.. SentenceEnd().Split(text).Select(sentence => sentence.Trim()).Where(sentence => sentence.Length > 0)];

    /// <summary>Without tashkeel, as adults write: only the tanwin before a final alef stays.</summary>
    public static string WithoutMarks(string arabic) => Mark().Replace(arabic, "");

    /// <summary>The share of Arabic letters that carry a mark.</summary>
    public static double MarkedShare(string arabic)
    {
        var letters = LetterCount.Of(arabic).Arabic;
        return letters == 0 ? 0 : MarkedLetter().Count(arabic) / (double)letters;
    }

    static string Fold(string text) => FoldedText.ForSearch(text).ToLowerInvariant();

    static bool IsInside(string text, int at) => at >= 0 && at < text.Length && char.IsLetterOrDigit(text[at]);

    [GeneratedRegex(@"[0-9]+")]
    private static partial Regex Number();

    [GeneratedRegex(@"(?<=[.!?؟])\s+|\n+")]
    private static partial Regex SentenceEnd();

    [GeneratedRegex("[\u064C-\u0652\u0670]|\u064B(?!\u0627)")]
    private static partial Regex Mark();

    [GeneratedRegex("[\u0621-\u064A][\u064B-\u0652\u0670]+")]
    private static partial Regex MarkedLetter();
}
