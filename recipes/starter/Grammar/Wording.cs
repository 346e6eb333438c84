// Small rules of writing: capital letters, joined sentences, lists. Knows no patterns.
namespace Majlis.recipes.starter.Grammar;

public static class Wording
{
    /// <summary>With a capital first letter; Arabic has none, and a citation's mark stays.</summary>
    public static string Sentence(string text) => char.IsAsciiLetterLower(text[0]) ? char.ToUpperInvariant(text[0]) + text[1..] : text;

    /// <summary>Two sentences as one: "The sun rises and the moon sets."</summary>
    public static string Joined(string first, string second, Language language) => language == Language.English
        ? $"{first.TrimEnd('.')} and {char.ToLowerInvariant(second[0])}{second[1..]}"
        : $"{first.TrimEnd('.')} و{second}";
}
