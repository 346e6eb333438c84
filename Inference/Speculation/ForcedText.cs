// The tokens that a tokenizer makes of a text that must come next: a model that was trained on its tokens mostly writes these. Knows no
// grammar.
using System.Text;
using System.Text.Unicode;
using Majlis.Text.Tokenizers;

namespace Majlis.Inference.Speculation;

static class ForcedText
{
    // Splitting a text into words looks at what comes before.
    const int Before = 4;

    // No character has more bytes behind its first.
    const int Rest = 3;

    /// <summary>The tokens of <paramref name="run"/> behind <paramref name="output"/>; none where they would share one.</summary>
    /// <param name="run">UTF-8; a character that is cut at its end is left out.</param>
    public static int[] Tokens(TextTokenizer tokenizer, ReadOnlySpan<int> output, ReadOnlySpan<byte> run)
    {
        for (var cut = 0; cut < Rest && !Utf8.IsValid(run); cut++) run = run[..Math.Max(0, run.Length - 1)];
        if (run.IsEmpty || !Utf8.IsValid(run)) return [];
        var before = new List<byte>();
        foreach (var token in output[Math.Max(0, output.Length - Before)..])
            if (!tokenizer.IsControl(token)) before.AddRange(tokenizer.TokenBytes(token));
            else before.Clear();
        var start = 0;
        while (start < Math.Min(Rest, before.Count) && (before[start] & 0xC0) == 0x80) start++;
        byte[] all = [.. before.Skip(start), .. run];
        return (Utf8.IsValid(all) ? Last(tokenizer, all, run.Length) : null) ?? Last(tokenizer, run, run.Length) ?? [];
    }

    /// <summary>The tokens of the last <paramref name="count"/> bytes; null where one of them begins before.</summary>
    static int[]? Last(TextTokenizer tokenizer, ReadOnlySpan<byte> text, int count)
    {
        var tokens = tokenizer.Encode(Encoding.UTF8.GetString(text), addSpecialTokens: false, specialsAsText: true);
        var first = tokens.Length;
        while (count > 0 && first > 0) count -= tokenizer.TokenBytes(tokens[--first]).Length;
        return count == 0 ? tokens[first..] : null;
    }
}
