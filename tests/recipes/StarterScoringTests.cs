// The scores: 100 for a perfect answerer, about nothing for a model that knows nothing.
using System.Text.Json.Nodes;
using Majlis.Model;
using Majlis.Model.Families;
using Majlis.Model.Weights;
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
            Scoreboard.Exact, Scoreboard.Cited, Scoreboard.Unanswerable, Scoreboard.Forms, "arithmetic", "facts", "dialogue", Scoreboard.Brief,
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
        WriteRandom(folder.Path);
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
        WriteRandom(folder.Path);
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

    // The starter's shape, made tiny, with weights from a formula.
    static void WriteRandom(string folder)
    {
        var source = Path.Combine(Shared.Root, "recipes", "starter", "model");
        foreach (var file in Directory.EnumerateFiles(source)) File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        var config = JsonNode.Parse(File.ReadAllText(Path.Combine(source, "config.json")))!.AsObject();
        foreach (var (name, value) in new[] { ("hidden_size", 16), ("head_dim", 4), ("num_attention_heads", 4), ("intermediate_size", 16) })
            config[name] = value;
        File.WriteAllText(Path.Combine(folder, "config.json"), config.ToJsonString());
        using var parsed = System.Text.Json.JsonDocument.Parse(config.ToJsonString());
        var tensors = Families.Read(parsed.RootElement).Tensors();
        SafetensorsWriter.WriteFolder(folder, tensors.Select(tensor => new TensorInfo(tensor.Key, TensorType.F32, tensor.Value)),
            (tensor, output) => output.Write([.. Enumerable.Range(0, (int)tensor.Elements)
                .Select(index => MathF.Sin(index * 12.9898f + tensor.Name.Length))]));
    }
}
