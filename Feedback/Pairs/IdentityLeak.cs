// Detects answers that say which model wrote them; a vote on such an answer may be about the name. Knows text only.
using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Majlis.Text.Normalization;

namespace Majlis.Feedback.Pairs;

sealed class IdentityLeak
{
    // A self-reference, then a name within forty characters of the same sentence; the bound limits the work at each position.
    const string English = @"\b(?:I am|I'm|I’m|my name is|call me|as an? (?:AI|language model|assistant))\b"
        + @"|\b(?:developed|created|trained|made|built) by\b";

    static readonly string arabic = Word("[وف]?(?:أنا|إنني|إني|اسمي|أدعى|ينادونني|بصفتي|بوصفي|باعتباري|كوني|" + Makers
        + "|(?:تم |جرى )?" + Making + ")");

    // Or the name first: OpenAI created me, قامت جوجل بتطويري.
    static readonly string made = @"\b(?:developed|created|trained|built) me\b|" + Word("[وف]?(?:" + Makers + "|ب?" + Making + ")");

    const string Makers = "طور(?:ت|وا)?ني|درب(?:ت|وا)?ني|أنشأ(?:ت|وا)?ني|صمم(?:ت|وا)?ني|صنع(?:ت|وا)?ني|بنتني|أطلقتني";

    const string Making = "(?:تطويري|تدريبي|إنشائي|تصميمي|صنعي|برمجتي)";

    readonly Regex pattern;

    public IdentityLeak(ImmutableArray<string> ownNames)
    {
        const string near = @"[^.!?؟\n]{0,40}?";
        var names = ModelNames.Pattern(ownNames);
        pattern = new Regex($"(?:{English}|{arabic}){near}{names}|{names}{near}(?:{made})",
            RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);
    }

    static string Word(string words) => $@"(?<!\p{{L}}){FoldedText.ForSearch(words)}(?!\p{{L}})";

    /// <summary>Folds the answer first (<see cref="FoldedText"/>), so that vowel marks and joiners hide no name.</summary>
    public bool In(string answer) => pattern.IsMatch(FoldedText.ForSearch(answer));
}
