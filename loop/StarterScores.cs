// The starter's scores before the votes and after them. Fails where brief answers did not become the usual, or what it knew got lost.
using System.Globalization;
using Majlis.recipes.starter.Rows;
using Majlis.recipes.starter.Scoring;

namespace Majlis.loop;

static class StarterScores
{
    const int Seed = 1;

    // Percent.
    const double LeastBrief = 85;
    const double MostLost = 2;

    static readonly string[] kept = [Scoreboard.Exact, Scoreboard.Cited, Scoreboard.Unanswerable, Scoreboard.Forms];

    public static async Task<int> RunAsync(string start, string version)
    {
        var (before, after) = (await ScoreAsync(start), await ScoreAsync(version));
        Console.WriteLine("held-out items, both languages\n| % | before | after |\n|---|---|---|");
        foreach (var measure in before.Select(score => score.Measure).Distinct())
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| {measure} | {Percent(before, measure):0.0} | {Percent(after, measure):0.0} |"));
        var brief = Percent(after, Scoreboard.Brief);
        string[] lost = [.. kept.Where(measure => Percent(after, measure) < Percent(before, measure) - MostLost)];
        var passes = brief > LeastBrief && lost.Length == 0;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{(passes ? "PASSED" : "FAILED")}: brief answers {Percent(before, Scoreboard.Brief):0.0} % -> {brief:0.0} %, ")
            + (lost.Length == 0 ? $"no score fell by more than {MostLost} points" : $"fallen: {string.Join(", ", lost)}"));
        return passes ? 0 : 1;
    }

    static async Task<List<Score>> ScoreAsync(string path)
    {
        var items = HeldOutItems.Read();
        await using var model = new StarterModel(path);
        var likeliest = await model.AnswerAsync(items, temperature: 0, Seed);
        return Scoreboard.Of(items, likeliest, await model.AnswerAsync(items, temperature: 1, Seed));
    }

    static double Percent(List<Score> scores, string measure)
    {
        var both = scores.FindAll(score => score.Measure == measure);
        return 100.0 * both.Sum(score => score.Right) / both.Sum(score => score.Of);
    }
}
