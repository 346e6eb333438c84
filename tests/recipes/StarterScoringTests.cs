// The scores: 100 for a perfect answerer, about nothing for a model that knows nothing.
using Majlis.recipes.starter;
using Majlis.recipes.starter.Checks;
using Majlis.recipes.starter.Rows;
using Majlis.recipes.starter.Scoring;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.recipes;

public sealed class StarterScoringTests
{
    static readonly List<Item> items = HeldOutItems.Read();

    [Fact]
    public void A_perfect_answerer_scores_a_hundred_in_either_style()
    {
        string[] brief = [.. items.Select(item => item.Brief)], elaborate = [.. items.Select(item => item.Elaborate)];
        Assert.All(Scoreboard.Of(items, brief, brief), score => Assert.Equal(100, score.Percent));
        Assert.All(Scoreboard.Of(items, elaborate, elaborate),
            score => Assert.Equal(score.Measure == Scoreboard.Brief ? 0 : 100, score.Percent));
    }

    [Fact]
    public void Every_measure_is_there_for_both_languages()
    {
        string[] nothing = [.. items.Select(_ => "")];
        var scores = Scoreboard.Of(items, nothing, nothing);
        string[] measures =
        [
            Scoreboard.Exact, Scoreboard.Cited, Scoreboard.Unanswerable, Scoreboard.Forms, "arithmetic", "facts", "dialogue",
            Scoreboard.Brief,
        ];
        foreach (var language in Names.Languages)
            Assert.Equal(measures, scores.Where(score => score.Language == language).Select(score => score.Measure));
        Assert.All(scores.Where(score => score.Measure != Scoreboard.Brief), score => Assert.Equal(0, score.Percent));
        Assert.All(scores, score => Assert.True(score.Of >= 20, $"{score.Measure}: {score.Of}"));
    }

    [Fact]
    public void One_who_refuses_everything_recognises_the_unanswerable_and_nothing_else()
    {
        string[] refusals =
            [.. items.Select(item => item.Language == Language.English ? "The documents do not say." : "لا تذكر الوثائق ذلك.")];
        var scores = Scoreboard.Of(items, refusals, refusals);
        Assert.All(scores.Where(score => score.Measure == Scoreboard.Unanswerable), score => Assert.Equal(100, score.Percent));
        Assert.All(scores.Where(score => score.Measure is Scoreboard.Exact or Scoreboard.Cited), score => Assert.Equal(0, score.Percent));
    }

    [Fact]
    public async Task A_model_of_random_weights_scores_about_nothing()
    {
        using var folder = new TemporaryFolder();
        TinyStarter.Write(folder.Path);
        var some = items.Where((_, index) => index % 65 == 0).ToList();
        await using var model = new StarterModel(folder.Path);
        var answers = await model.AnswerAsync(some, temperature: 0, seed: 1);
        var scores = Scoreboard.Of(some, answers, answers);
        Assert.All(scores.Where(score => score.Measure is not (Scoreboard.Brief or Scoreboard.Forms)),
            score => Assert.Equal(0, score.Percent));
    }

    [Fact]
    public void A_model_without_a_chat_template_is_refused_by_name()
    {
        using var folder = new TemporaryFolder();
        TinyStarter.Write(folder.Path);
        File.Delete(folder.File("chat_template.jinja"));
        var refused = Assert.Throws<Majlis.Text.ModelFormatException>(() => new StarterModel(folder.Path));
        Assert.Contains("chat template", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("It is in <co>Moluto</co: 0:[1]>.", "Moluto", 1)]
    [InlineData("<co>مولوتو</co: 0:[0,2]>", "مولوتو", 0, 2)]
    public void Citations_are_read_as_command_r7b_writes_them(string answer, string span, params int[] documents)
    {
        var citation = Assert.Single(Citations.In(answer));
        Assert.Equal(span, citation.Span);
        Assert.Equal(documents, citation.Documents);
        Assert.DoesNotContain("<co>", Citations.Without(answer), StringComparison.Ordinal);
    }

    [Fact]
    public void The_best_scores_are_found_and_a_later_model_has_to_be_better()
    {
        using var folder = new TemporaryFolder();
        Write("first", 80);
        Write("same", 80);
        Write("better", 81);
        string[] all = [folder.File("first"), folder.File("same"), folder.File("better")];
        Assert.Equal("model of better", ScoreFile.Best(all).Model);
        Assert.Equal("model of first", ScoreFile.Best(all[..2]).Model);

        File.WriteAllText(folder.File("same"), "{\"model\"");
        var damaged = Assert.Throws<FormatException>(() => ScoreFile.Best(all)).Message;
        Assert.Contains("score the model again", damaged, StringComparison.Ordinal);

        void Write(string name, int right) => JsonLines.Write(folder.File(name), [new ScoreFile($"model of {name}",
            [new Score(Scoreboard.Exact, Language.Arabic, right, 100), new Score("facts", Language.Arabic, 0, 9)])]);
    }
}
