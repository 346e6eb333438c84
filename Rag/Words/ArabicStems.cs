// The possible stems of an Arabic word: light stemming that keeps every reading. One word alone does not show whether a waw is "and" or
// the noun's first letter, so وزير is both زير and itself, and matches الوزير in one reading. Knows no index.
namespace Majlis.Rag.Words;

/// <summary>
/// Light stemming after Larkey, Ballesteros and Connell (light10, https://doi.org/10.1007/978-1-4020-6046-5_12), but with all readings of
/// the prefixes, and with pronouns among the suffixes.
/// </summary>
static class ArabicStems
{
    const string Article = "ال";
    const int LeastPeeled = 3;
    const int LeastBehindArticle = 2;

    static readonly string[] pronouns = ["هما", "هم", "هن", "كم", "نا", "تها", "ته"];
    static readonly string[] endings = ["ها", "ان", "ات", "ون", "ين", "يه", "ه", "ي"];

    /// <summary>The word itself and its possible stems, each once; spelled as Lucene's ArabicNormalizer has it (no ة, no أ).</summary>
    public static IReadOnlyCollection<string> Of(string word)
    {
        if (word[0] is < '\u0621' or > '\u064A') return [word];
        var readings = Readings(word);
        // With an article, nothing before it can belong to the noun.
        var noun = readings.FirstOrDefault(StartsWithArticle);
        if (noun is not null) readings = [noun[Article.Length..]];
        return new HashSet<string>([word, .. readings.Select(WithoutSuffixes)], StringComparer.Ordinal);
    }

    static bool StartsWithArticle(string word) =>
        word.StartsWith(Article, StringComparison.Ordinal) && word.Length >= Article.Length + LeastBehindArticle;

    /// <summary>The word with and without what may be a conjunction, then a preposition, then the article after li-.</summary>
    static List<string> Readings(string word)
    {
        List<string> readings = [word];
        Peel(word[0] is 'و' or 'ف', word, readings);
        foreach (var start in readings.ToArray())
        {
            Peel(start[0] is 'ب' or 'ل' or 'ك', start, readings);
            if (start.StartsWith("لل", StringComparison.Ordinal)) Peel(true, start[1..], readings);
        }
        return readings;
    }

    static void Peel(bool wanted, string word, List<string> readings)
    {
        if (wanted && word.Length > LeastPeeled) readings.Add(word[1..]);
    }

    static string WithoutSuffixes(string word)
    {
        var pronoun = Array.Find(pronouns, word.EndsWith);
        if (pronoun is not null && word.Length >= pronoun.Length + 3) word = word[..^pronoun.Length];
        foreach (var ending in endings)
            if (word.EndsWith(ending, StringComparison.Ordinal) && word.Length >= ending.Length + 2) word = word[..^ending.Length];
        return word;
    }
}
