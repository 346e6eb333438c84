// The loop's result: does the new version prefer what the rater preferred, on prompts never voted on? Fails when it does not.
// Comparisons are pairs of answers sampled from the starting model; the rater's taste decides each. Knows no votes and no training.
using System.Collections.Immutable;
using System.Globalization;
using Majlis.Evaluation;
using Majlis.Model.Catalog;
using Majlis.Trainer;

namespace Majlis.benchmarks;

static class LoopTable
{
    const int Comparisons = 100;
    const int Lengths = 24;
    const double Alpha = 0.05;

    /// <param name="start">The starting model.</param>
    /// <param name="catalog">Where the merged version is.</param>
    /// <param name="single">The catalogue of the model trained on all pairs at once.</param>
    /// <param name="promptFile">One prompt a line.</param>
    /// <param name="voted">How many of them, from the first on, were voted on.</param>
    public static async Task<int> RunAsync(string start, string catalog, string single, string promptFile, int voted)
    {
        var prompts = File.ReadLines(promptFile).Skip(voted).ToArray();
        var items = await CompareAsync(start, prompts);
        var before = await MeasureAsync("before", start, items, prompts, null);
        var rows = new List<Row> { before };
        foreach (var (name, path) in Experts(start, catalog)) rows.Add(await MeasureAsync(name, path, items, prompts, before));
        var merged = await MeasureAsync("merged", ServeOf(catalog), items, prompts, before);
        rows.Add(merged);
        rows.Add(await MeasureAsync("trained on all pairs", ServeOf(single), items, prompts, before));
        Print(rows, items.Count);
        return Passes(before, merged);
    }

    sealed record Row(string Name, ImmutableArray<ScoredItem> Scores, double Leans, double Length)
    {
        public double Accuracy => PreferenceAccuracy.Of(Scores);
    }

    /// <summary>Two answers a prompt from the starting model, then the rater's choice; ties are no comparison.</summary>
    static async Task<IReadOnlyList<PreferenceItem>> CompareAsync(string start, string[] prompts)
    {
        await using var model = new LoopModel(start);
        string[] drawn = [.. prompts, .. prompts]; // about every second draw is a tie, so each prompt may be compared twice
        var first = await model.AnswerAsync(drawn, temperature: 1, seed: 1000);
        var second = await model.AnswerAsync(drawn, temperature: 1, seed: 2000);
        return [.. drawn.Select((prompt, i) => ScriptedRater.Verdict(first[i].Text, second[i].Text, first[i].IsCut && second[i].IsCut) switch
        {
            "a" => new PreferenceItem(prompt, model.Prompt(prompt), first[i].Tokens, second[i].Tokens),
            "b" => new PreferenceItem(prompt, model.Prompt(prompt), second[i].Tokens, first[i].Tokens),
            _ => null,
        }).OfType<PreferenceItem>().Take(Comparisons)];
    }

    static async Task<Row> MeasureAsync(string name, string path, IReadOnlyList<PreferenceItem> items, string[] prompts, Row? before)
    {
        await using var model = new LoopModel(path);
        var scores = model.Score(items);
        var answers = await model.AnswerAsync([.. prompts.TakeLast(Lengths)], temperature: 1, seed: 3000);
        var leans = before is null ? 0.5 : scores.Zip(before.Scores).Count(pair => pair.First.LeansToChosen(pair.Second)) / (double)scores.Length;
        return new Row(name, scores, leans, answers.Average(answer => answer.Tokens.Length));
    }

    /// <summary>Each expert alone, merged into full weights beside the round it was trained in.</summary>
    static IEnumerable<(string Name, string Path)> Experts(string start, string catalog)
    {
        var round = Directory.EnumerateDirectories(Path.Combine(catalog, ".rounds")).Order().First();
        foreach (var folder in Directory.EnumerateDirectories(Path.Combine(round, "experts")).Order())
        {
            var target = Path.Combine(catalog, ".alone", Path.GetFileName(folder));
            if (!Directory.Exists(target)) Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            CandidateMerge.Write(CandidateMerge.Recipe(Path.GetFullPath(start), [(Path.GetFullPath(Path.Combine(folder, "adapter")), 1.0)]), start, target);
            yield return ($"expert {Path.GetFileName(folder)} alone", Path.Combine(target, ModelCatalog.Serve));
        }
    }

    static string ServeOf(string folder)
    {
        var catalog = new ModelCatalog(folder, TimeProvider.System);
        return catalog.ServePath(catalog.Versions()[^1]);
    }

    static void Print(IEnumerable<Row> rows, int count)
    {
        Console.WriteLine($"preference accuracy on {count} scripted comparisons (two answers of the starting model, the shorter one preferred, prompts never voted on):");
        Console.WriteLine("  prefers = share of pairs whose preferred answer has the higher mean log-probability per token under the model itself");
        Console.WriteLine("  leans   = share of pairs whose preferred answer gained more log-probability over the start than the other (implicit reward)");
        Console.WriteLine("| model | prefers | leans | mean answer, tokens |\n|---|---|---|---|");
        foreach (var row in rows)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {row.Name} | {row.Accuracy:0.0%} | {(row.Name == "before" ? "-" : row.Leans.ToString("0.0%", CultureInfo.InvariantCulture))} | {row.Length:0.0} |"));
    }

    /// <summary>The new version must lean to what the rater preferred on more pairs than chance explains, and prefer it no less often itself.</summary>
    static int Passes(Row before, Row merged)
    {
        var p = Binomial.AboveHalf((int)Math.Round(merged.Leans * merged.Scores.Length), merged.Scores.Length);
        var passes = merged.Accuracy >= before.Accuracy && p <= Alpha;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{(passes ? "PASSED" : "FAILED")}: prefers {before.Accuracy:0.0%} -> {merged.Accuracy:0.0%}, leans {merged.Leans:0.0%}, p = {p:0.0e+0}"));
        return passes ? 0 : 1;
    }
}
