// Offline DPO on pairs in TRL's form: it learns them, a kill changes nothing, and what cannot be read is named.
using System.Text.Json.Nodes;
using Majlis.Model;
using Majlis.Model.Hashes;
using Majlis.recipes.starter.Rows;
using Majlis.tests.Support;
using Majlis.Text;
using Majlis.Trainer.Data;
using Majlis.Trainer.Offline;
using Majlis.Trainer.Recipes;
using Majlis.Trainer.Stages;
using Xunit;

namespace Majlis.tests.Trainer.Offline;

public sealed class OfflineRuns : IDisposable
{
    sealed class Killed : Exception;

    sealed class KillAfter(int lines) : IProgress<string>
    {
        int left = lines;

        public void Report(string value)
        {
            if (value.StartsWith("dpo:", StringComparison.Ordinal) && left-- == 0) throw new Killed();
        }
    }

    readonly TemporaryFolder folder = new();
    readonly string model;
    readonly string pairs;

    public OfflineRuns()
    {
        model = folder.File("model");
        pairs = folder.File("pairs.jsonl");
        Directory.CreateDirectory(model);
        TinyStarter.Write(model);
        JsonLines.Write(pairs, TrainingRows.Pairs(Mixture.Named("en"), 3, 8));
    }

    OfflineOptions Options => new()
    {
        Model = model,
        Data = [pairs],
        LearningRate = 1e-2,
        BatchPairs = 4,
        Epochs = 3,
        SaveEvery = 2,
    };

    public void Dispose() => folder.Dispose();

    string? Run(OfflineOptions options, string name, int killAfter = int.MaxValue, List<string>? said = null)
    {
        var run = new StageRun(
            new StageFolder(folder.File(name)), line => said?.Add(line), new KillAfter(killAfter), TimeProvider.System);
        return new TunedStage(new PairTask(options, null), options.Model, run, _ => { }).Run();
    }

    string Weights(string name) => FileHash.Of(folder.File(name, "result", "serve", "model.safetensors"));

    [Fact]
    public void Pairs_are_learnt_and_the_result_is_a_model_like_the_first()
    {
        Assert.Null(Run(Options, "whole"));
        var steps = File.ReadAllLines(folder.File("whole", "result", "metrics.jsonl"));
        Assert.Equal(6, steps.Length);
        Assert.Contains("\"stage\": \"dpo\"", File.ReadAllText(folder.File("whole", "result", "manifest.json")), StringComparison.Ordinal);
        Assert.True(Loss(steps[^1]) < Loss(steps[0]) - 0.05, steps[^1]);
        using var result = Checkpoint.Open(folder.File("whole", "result", "serve"));
        Assert.NotNull(result.ChatTemplate);
    }

    [Theory, InlineData(1), InlineData(4)]
    public void A_killed_stage_goes_on_to_the_same_weights_and_a_finished_one_rests(int killAfter)
    {
        Assert.Null(Run(Options, "whole"));
        Assert.Throws<Killed>(() => Run(Options, "killed", killAfter));
        Assert.Null(Run(Options, "killed"));
        Assert.Equal(Weights("whole"), Weights("killed"));

        var said = new List<string>();
        Assert.Null(Run(Options, "killed", said: said));
        Assert.Contains("nothing is left to do", Assert.Single(said), StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_of_another_recipe_is_refused()
    {
        Assert.Null(Run(Options, "whole"));
        Assert.Contains("another recipe", Assert.Throws<ModelFormatException>(() => Run(Options with { Beta = 0.5 }, "whole")).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_in_which_nothing_was_trained_takes_a_mended_recipe()
    {
        Assert.Null(Run(Options, "whole"));
        Directory.CreateDirectory(folder.File("mended"));
        File.Copy(folder.File("whole", "start.json"), folder.File("mended", "start.json"));
        Assert.Null(Run(Options with { Beta = 0.5 }, "mended"));
    }

    [Fact]
    public void A_folder_that_an_older_build_began_goes_on_with_the_defaults_of_the_options_it_lacks()
    {
        Assert.Throws<Killed>(() => Run(Options, "older", killAfter: 2));
        var start = folder.File("older", "start.json");
        var json = JsonNode.Parse(File.ReadAllText(start))!;
        foreach (var newer in new[] { "optimizer_state", "lora", "keep" }) Assert.True(json["options"]!.AsObject().Remove(newer));
        File.WriteAllText(start, json.ToJsonString());
        Assert.Contains("another recipe",
            Assert.Throws<ModelFormatException>(() => Run(Options with { OptimizerState = "bf16" }, "older")).Message,
            StringComparison.Ordinal);
        Assert.Null(Run(Options, "older"));
        Assert.Null(Run(Options, "whole"));
        Assert.Equal(Weights("whole"), Weights("older"));

        json["options"]!["of_tomorrow"] = 1;
        File.WriteAllText(start, json.ToJsonString());
        Assert.Contains("of_tomorrow", Assert.Throws<ModelFormatException>(() => Run(Options, "older")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_harmful_learning_rate_ends_in_a_refusal_and_no_result()
    {
        Assert.Contains("lower the learning rate", Run(Options with { LearningRate = 3, Epochs = 10 }, "broken"), StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder.File("broken", "result")));
    }

    [Theory]
    [InlineData("""{"prompt": "a", "chosen": "b"}""", "there is no 'rejected'")]
    [InlineData("""[1]""", "expected a JSON object")]
    [InlineData("""{"prompt": "a", "chosen": "b", "rejected": 5}""", "neither a text nor")]
    [InlineData("""{"prompt": "a", "chosen""", "pairs.jsonl line 2")]
    public void A_row_that_is_no_pair_is_named_by_file_and_line(string row, string fault)
    {
        File.WriteAllText(pairs, """{"prompt": "What? ", "chosen": "This.", "rejected": "That."}""" + "\n" + row + "\n");
        var message = Assert.Throws<DataException>(() => Run(Options, "wrong")).Message;
        Assert.Contains("pairs.jsonl line 2", message, StringComparison.Ordinal);
        Assert.Contains(fault, message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_recipe_tells_everything_that_is_wrong_with_it()
    {
        var recipe = folder.File("recipe.json");
        File.WriteAllText(recipe, """{"model": "nowhere", "data": [], "loss": "sigmoidal", "beta": 0, "epochs": 0}""");
        OfflineOptions Read() => RecipeReader.Read<OfflineOptions>(recipe, options => options.Problems());
        var message = Assert.Throws<ModelFormatException>(Read).Message;
        Assert.All(["'nowhere'", "names no file", "sigmoidal", "beta: 0", "epochs: 0"],
            part => Assert.Contains(part, message, StringComparison.Ordinal));
    }

    static double Loss(string step)
    {
        using var json = System.Text.Json.JsonDocument.Parse(step);
        return json.RootElement.GetProperty("Values").GetProperty("loss").GetDouble();
    }
}
