// Cuts a text into passages of a readable size, preferably at paragraphs, else at sentences, else at spaces. Knows no files.
namespace Majlis.Rag;

static class PassageCutter
{
    /// <summary>The most UTF-16 units of a passage: about 150 words.</summary>
    public const int Most = 1000;

    /// <summary>Spans that together cover everything but the white space between them, each trimmed and not empty, in order.</summary>
    public static IEnumerable<Range> Cut(string text)
    {
        var start = 0;
        while (true)
        {
            while (start < text.Length && char.IsWhiteSpace(text[start])) start++;
            if (start == text.Length) yield break;
            var end = End(text, start);
            var trimmed = end;
            while (char.IsWhiteSpace(text[trimmed - 1])) trimmed--;
            yield return start..trimmed;
            start = end;
        }
    }

    static int End(string text, int start)
    {
        if (text.Length - start <= Most) return text.Length;
        var window = text.AsSpan(start, Most);
        if (LastParagraph(window) is var paragraph and > 0) return start + paragraph;
        if (LastSentence(window) is var sentence and > 0) return start + sentence;
        var space = window.LastIndexOfAny(' ', '\n', '\t');
        if (space > 0) return start + space;
        return start + (char.IsHighSurrogate(window[^1]) ? Most - 1 : Most);
    }

    // Only cuts in the second half count: a short first paragraph stays with the text after it.
    static int LastParagraph(ReadOnlySpan<char> window)
    {
        for (var i = window.Length - 2; i >= Most / 2; i--)
            if (window[i] == '\n' && (window[i + 1] == '\n' || (window[i + 1] == '\r' && window[i - 1] == '\r'))) return i;
        return 0;
    }

    static int LastSentence(ReadOnlySpan<char> window)
    {
        for (var i = window.Length - 2; i >= Most / 2; i--)
            if (window[i] is '.' or '!' or '?' or '؟' or '۔' or '\n' && char.IsWhiteSpace(window[i + 1])) return i + 1;
        return 0;
    }
}
