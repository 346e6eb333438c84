// Asks a model all held-out items and prints what its answers are worth, as a table and as JSON. Knows no items.
using System.Globalization;
using System.Text.Json;
using Majlis.recipes.starter.Rows;

namespace Majlis.recipes.starter.Scoring;

static class ScoreCommand
{
    // Of the sampled answers.
    const int Seed = 1;

    /// <param name="model">A folder or file of a model.</param>
    /// <param name="file">Where the scores go as JSON, one line; null for nowhere.</param>
    /// <param name="answersFile">Where items and answers go as JSON lines; null for nowhere.</param>
    public static async Task RunAsync(string model, string? file, string? answersFile)
    {
        var items = HeldOutItems.Read();
        await using var starter = new StarterModel(model);
        var answers = await starter.AnswerAsync(items, temperature: 0, Seed);
        var sampled = await starter.AnswerAsync(items, temperature: 1, Seed);
        var scores = Scoreboard.Of(items, answers, sampled);
        Console.Write(Table(scores));
        if (file is not null) JsonLines.Write(file, [new ScoreFile(model, scores)]);
        if (answersFile is not null)
            JsonLines.Write(answersFile, items.Zip(answers, sampled).Select(asked => new
            {
                question = asked.First.Question,
                documents = asked.First.DocumentsJson,
                answer = asked.Second,
                sampled = asked.Third,
                right = asked.First.Check.Judge(asked.Second, asked.First).IsRight,
                brief = asked.First.Brief,
            }));
    }

    static string Table(List<Score> scores) => "| % of held-out items | English | Arabic |\n|---|---|---|\n" + string.Concat(
        scores.GroupBy(score => score.Measure, (measure, both) => $"| {measure} | {string.Join(" | ", both.Select(Cell))} |\n"));

    static string Cell(Score score) => FormattableString.Invariant($"{score.Percent:F0} ({score.Right} of {score.Of})");
}
