// The loop's result: does the new version prefer what the rater preferred, on prompts never voted on? Fails when it does not.
// Pairs of answers are sampled from the starting model, and the rater's rule decides each. Knows no votes and no training.
using System.Collections.Immutable;
using System.Globalization;
using Majlis.Evaluation;
using Majlis.Model;
using Majlis.Model.Catalog;
using Majlis.Torch;
using Majlis.Trainer.Rounds;

namespace Majlis.loop;

static class LoopTable
{
    const int Comparisons = 100;
    const double Alpha = 0.05;

    /// <param name="start">The starting model.</param>
    /// <param name="catalog">Catalogue of the merged version.</param>
    /// <param name="single">Catalogue of the model trained on all pairs at once, to compare with; null for none.</param>
    /// <param name="unseen">Questions that were not voted on, of which some are asked.</param>
    public static async Task<int> RunAsync(string start, string catalog, string? single, Question[] unseen)
    {
        Question[] questions = [.. unseen.Where((_, index) => index % Math.Max(1, unseen.Length / Comparisons) == 0)];
        var (items, answers) = await CompareAsync(start, questions);
        var before = new Row("before", Score(start, items), answers);
        var rows = new List<Row> { before };
        foreach (var (name, path) in Experts(start, catalog)) rows.Add(await MeasureAsync(name, path, items, questions));
        var merged = await MeasureAsync("merged", ServeOf(catalog), items, questions);
        rows.Add(merged);
        if (single is not null) rows.Add(await MeasureAsync("trained on all pairs", ServeOf(single), items, questions));
        Print(rows, items.Count, questions);
        return Passes(before, merged, questions);
    }

    sealed record Row(string Name, ImmutableArray<ScoredItem> Scores, Answer[] Answers)
    {
        public double Prefers => PreferenceAccuracy.Of(Scores);

        public double Length => Answers.Average(answer => answer.Tokens.Length);

        /// <summary>Pairs whose preferred answer gained more log-probability over the start than the other, out of all pairs.</summary>
        public (int Count, int Of) Leans(Row before) =>
            (Scores.Zip(before.Scores).Count(pair => pair.First.LeansToChosen(pair.Second)), Scores.Length);

        /// <summary>Fresh answers the rater prefers to the start's, out of those without a tie.</summary>
        public (int Count, int Of) Wins(Row before, Question[] questions)
        {
            var verdicts = questions.Zip(Answers, before.Answers).Select(asked => asked.First.Verdict(asked.Second, asked.Third)).ToArray();
            return (verdicts.Count(verdict => verdict == "a"), verdicts.Count(verdict => verdict is "a" or "b"));
        }
    }

    /// <summary>Two answers per question from the starting model, then the rater's choice; ties are left out.</summary>
    static async Task<(IReadOnlyList<PreferenceItem> Items, Answer[] Answers)> CompareAsync(string start, Question[] questions)
    {
        await using var model = new LoopModel(start);
        var first = await model.AnswerAsync(questions, temperature: 1, seed: 1000);
        var second = await model.AnswerAsync(questions, temperature: 1, seed: 2000);
        return ([.. questions.Select((question, i) => question.Verdict(first[i], second[i]) switch
        {
            "a" => new PreferenceItem($"{i}", model.Prompt(question), first[i].Tokens, second[i].Tokens),
            "b" => new PreferenceItem($"{i}", model.Prompt(question), second[i].Tokens, first[i].Tokens),
            _ => null,
        }).OfType<PreferenceItem>().Take(Comparisons)], first);
    }

    static ImmutableArray<ScoredItem> Score(string path, IReadOnlyList<PreferenceItem> items)
    {
        using var model = Checkpoint.Open(path);
        using var network = new TorchNetwork(model.Blueprint, model.Weights);
        return PreferenceAccuracy.Score(network, items);
    }

    static async Task<Row> MeasureAsync(string name, string path, IReadOnlyList<PreferenceItem> items, Question[] questions)
    {
        await using var model = new LoopModel(path);
        return new Row(name, Score(path, items), await model.AnswerAsync(questions, temperature: 1, seed: 3000));
    }

    /// <summary>Each of several experts alone, merged into full weights beside its round.</summary>
    static IEnumerable<(string Name, string Path)> Experts(string start, string catalog)
    {
        var round = Directory.EnumerateDirectories(Path.Combine(catalog, ".rounds")).Order().First();
        string[] folders = [.. Directory.EnumerateDirectories(Path.Combine(round, "experts")).Order()];
        foreach (var folder in folders.Length > 1 ? folders : [])
        {
            var target = Path.Combine(catalog, ".alone", Path.GetFileName(folder));
            if (!Directory.Exists(target)) Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            var recipe = CandidateMerge.Recipe(Path.GetFullPath(start), [(Path.GetFullPath(Path.Combine(folder, "adapter")), 1.0)]);
            CandidateMerge.Write(recipe, start, target);
            yield return ($"expert {Path.GetFileName(folder)} alone", Path.Combine(target, ModelCatalog.Serve));
        }
    }

    public static string ServeOf(string folder)
    {
        var catalog = new ModelCatalog(folder, TimeProvider.System);
        return catalog.ServePath(catalog.Versions()[^1]);
    }

    static void Print(List<Row> rows, int items, Question[] questions)
    {
        Console.WriteLine("questions never voted on; the rater prefers the briefer of two answers");
        Console.WriteLine($"  prefers = of {items} pairs of the start's answers: "
            + "the preferred one has the higher mean log-probability per token under the model");
        Console.WriteLine("  leans   = of the same pairs: "
            + "the preferred one gained more log-probability over the start than the other (implicit reward)");
        Console.WriteLine($"  wins    = of fresh answers to {questions.Length} questions: "
            + "the rater prefers the model's to the start's (those left out between which it does not choose)");
        Console.WriteLine("| model | prefers | leans | wins | mean answer, tokens |\n|---|---|---|---|---|");
        foreach (var row in rows)
        {
            var (leans, wins) = row == rows[0] ? ("-", "-") : (Percent(row.Leans(rows[0])), Percent(row.Wins(rows[0], questions)));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| {row.Name} | {row.Prefers:0.0%} | {leans} | {wins} | {row.Length:0.0} |"));
        }
    }

    /// <summary>
    /// The new version must lean to what the rater preferred, and write what the rater prefers, more often than chance explains. It must
    /// also prefer it on more than half of the pairs, and on no fewer than before.
    /// </summary>
    static int Passes(Row before, Row merged, Question[] questions)
    {
        var (leans, wins) = (merged.Leans(before), merged.Wins(before, questions));
        var (leansP, winsP) = (Binomial.AboveHalf(leans.Count, leans.Of), Binomial.AboveHalf(wins.Count, wins.Of));
        var passes = leansP <= Alpha && winsP <= Alpha && merged.Prefers > 0.5 && merged.Prefers >= before.Prefers;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{(passes ? "PASSED" : "FAILED")}: prefers {before.Prefers:0.0%} -> {merged.Prefers:0.0%}, "
            + $"leans {Percent(leans)} (p = {leansP:0.0e+0}), wins {Percent(wins)} (p = {winsP:0.0e+0})"));
        return passes ? 0 : 1;
    }

    static string Percent((int Count, int Of) share) => (share.Count / (double)share.Of).ToString("0.0%", CultureInfo.InvariantCulture);
}
