// Counts what a model's answers to items are worth, by language. Knows no model.
using Majlis.recipes.starter.Checks;

namespace Majlis.recipes.starter.Scoring;

/// <param name="Measure">Such as "exact answers".</param>
public sealed record Score(string Measure, Language Language, int Right, int Of)
{
    public double Percent => Of == 0 ? 0 : 100.0 * Right / Of;
}

public static class Scoreboard
{
    public const string Exact = "exact answers";
    public const string Cited = "right citations";
    public const string Unanswerable = "unanswerable recognised";
    public const string Forms = "checkable instructions";
    public const string Brief = "brief answers, sampled";

    // Where both styles have as many sentences, words tell them apart, unless they are nearer than this.
    const double LeastDifference = 1.3;

    /// <param name="items">The questions.</param>
    /// <param name="answers">The likeliest answers, one per item.</param>
    /// <param name="sampled">Answers at temperature 1, of which the share of brief ones is counted.</param>
    public static List<Score> Of(IReadOnlyList<Item> items, IReadOnlyList<string> answers, IReadOnlyList<string> sampled) =>
        [.. Names.Languages.SelectMany(language => Of(language,
            [.. items.Zip(answers, sampled).Where(asked => asked.First.Language == language)]))];

    /// <summary>
    /// Whether an answer has no more sentences than the brief one, or, where both styles have as many, is nearer to it in words; null where
    /// the styles cannot be told apart.
    /// </summary>
    public static bool? IsBrief(Item item, string answer)
    {
        // As a reader sees them: a citation's marks are no words.
        var (briefText, elaborateText) = (Citations.Without(item.Brief), Citations.Without(item.Elaborate));
        var shown = Citations.Without(answer);
        var most = Texts.Sentences(briefText).Count;
        if (Texts.Sentences(elaborateText).Count > most) return Texts.Sentences(shown).Count <= most;
        double brief = Texts.WordCount(briefText), elaborate = Texts.WordCount(elaborateText);
        return elaborate < brief * LeastDifference ? null : Texts.WordCount(shown) <= Math.Sqrt(brief * elaborate);
    }

    static IEnumerable<Score> Of(Language language, List<(Item Item, string Answer, string Sampled)> asked)
    {
        var judged = asked.ConvertAll(one => (one.Item, Verdict: one.Item.Check.Judge(one.Answer, one.Item)));
        Score Rights(string measure, Func<Item, bool> counts) =>
            Count(measure, judged.FindAll(one => counts(one.Item)), one => one.Verdict.IsRight);
        yield return Rights(Exact, item => item.Check is CitedCheck);
        yield return Count(Cited, judged.FindAll(one => one.Item.Check is CitedCheck), one => one.Verdict.Citation == true);
        yield return Rights(Unanswerable, item => item.Check is UnanswerableCheck);
        yield return Rights(Forms, item => item.Check is FormCheck);
        foreach (var kind in judged.Where(one => one.Item.Check is WordCheck or NumberCheck).Select(one => one.Item.Kind).Distinct())
            yield return Rights(kind, item => item.Kind == kind);
        var brief = asked.Select(one => IsBrief(one.Item, one.Sampled)).OfType<bool>().ToList();
        yield return Count(Brief, brief, isBrief => isBrief);

        Score Count<T>(string measure, List<T> of, Func<T, bool> isRight) => new(measure, language, of.Count(isRight), of.Count);
    }
}
