// A model's scores as a file keeps them, and which of several models is best. Knows no answers.
using System.Text.Json;
using Majlis.recipes.starter.Rows;

namespace Majlis.recipes.starter.Scoring;

/// <param name="Model">The path that was scored.</param>
public sealed record ScoreFile(string Model, IReadOnlyList<Score> Scores)
{
    static readonly string[] counted = [Scoreboard.Exact, Scoreboard.Cited, Scoreboard.Unanswerable, Scoreboard.Forms];

    /// <summary>The mean of the four main measures over both languages, in percent.</summary>
    public double Mean => Scores.Where(score => counted.Contains(score.Measure)).Average(score => score.Percent);

    /// <exception cref="FormatException">It holds no scores.</exception>
    public static ScoreFile Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<ScoreFile>(File.ReadAllText(path), JsonLines.Options) is { Scores.Count: > 0 } scores ? scores
                : throw new FormatException($"{path}: holds no scores; delete it and score the model again.");
        }
        catch (JsonException wrong)
        {
            throw new FormatException($"{path}: {wrong.Message} Delete it and score the model again.", wrong);
        }
    }

    /// <summary>The first of the best: a later stage has to be better, not as good.</summary>
    public static ScoreFile Best(IEnumerable<string> paths) => paths.Select(Read).MaxBy(file => file.Mean)!;
}
