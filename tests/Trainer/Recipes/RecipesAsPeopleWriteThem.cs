// Recipes in YAML and JSON: equal options, every fault with line and key, the nearest name for what is misspelt, help from the record.
using Majlis.tests.Support;
using Majlis.Text;
using Majlis.Trainer.Offline;
using Majlis.Trainer.Recipes;
using Majlis.Trainer.Stages;
using Majlis.Trainer.Supervised;
using Xunit;

namespace Majlis.tests.Trainer.Recipes;

public sealed class RecipesAsPeopleWriteThem : IDisposable
{
    readonly TemporaryFolder folder = new();

    public RecipesAsPeopleWriteThem()
    {
        Directory.CreateDirectory(folder.File("model"));
        File.WriteAllText(folder.File("rows.jsonl"), "");
    }

    public void Dispose() => folder.Dispose();

    string Write(string name, string text)
    {
        var path = folder.File(name);
        File.WriteAllText(path, text.Replace("MODEL", folder.File("model"), StringComparison.Ordinal)
            .Replace("ROWS", folder.File("rows.jsonl"), StringComparison.Ordinal));
        return path;
    }

    static T Read<T>(string path) where T : TunedOptions => RecipeReader.Read<T>(path, options => options.Problems());

    [Fact]
    public void Yaml_and_json_mean_the_same()
    {
        var yaml = Read<OfflineOptions>(Write("a.yml", """
            # a comment
            model: MODEL
            data: ROWS
            loss: [sigmoid, sft]
            loss_weights: [1.0, 0.2]
            learning_rate: 5e-6   # text to some readers of YAML
            shuffle: no
            lora: {rank: 8, targets: all-linear, rank_pattern: {q_proj: 4}}
            """));
        var json = Read<OfflineOptions>(Write("a.json", """
            {"model": "MODEL", "data": ["ROWS"], "loss": ["sigmoid", "sft"], "loss_weights": [1.0, 0.2], "learning_rate": 5e-6,
             "shuffle": false, // a comment
             "lora": {"rank": 8, "targets": ["all-linear"], "rank_pattern": {"q_proj": 4}},}
            """));
        Assert.Equal((5e-6, false, 8), (yaml.LearningRate, yaml.Shuffle, yaml.Lora!.Rank));
        Assert.Equal(System.Text.Json.JsonSerializer.Serialize(json), System.Text.Json.JsonSerializer.Serialize(yaml));
    }

    [Theory]
    [InlineData("beat: 0.2", "line 3: beat is not known; did you mean beta?")]
    [InlineData("per_device_train_batch_size: 4", "line 3: per_device_train_batch_size is not known: here it is batch_pairs.")]
    [InlineData("colour: red", "line 3: colour is not known.")]
    [InlineData("epochs: many", "line 3: epochs: expected a whole number, not 'many'.")]
    [InlineData("epochs: 1.5", "line 3: epochs: expected a whole number, not '1.5'.")]
    [InlineData("epochs: \"2\"", "line 3: epochs: expected a whole number, not the text \"2\".")]
    [InlineData("epochs: 0", "line 3: epochs: 0 is not at least 1.")]
    [InlineData("beta: 0", "line 3: beta: 0 is not above 0 and at most 1000.")]
    [InlineData("shuffle: 2", "line 3: shuffle: expected true or false, not '2'.")]
    [InlineData("schedule: cosin", "line 3: schedule: 'cosin' is not one of linear")]
    [InlineData("schedule: cosin", "did you mean cosine?")]
    [InlineData("loss: sigmoidal", "line 3: loss: loss 'sigmoidal' is not one of sigmoid")]
    [InlineData("loss: [sigmoid, sft]\nloss_weights: [1]", "loss: 1 weights for 2 losses")]
    [InlineData("label_smoothing: 0.1", "line 3: label_smoothing: nothing reads it with the loss sigmoid; exo_pair, robust, aot,")]
    [InlineData("simpo_gamma: 3", "line 3: simpo_gamma: nothing reads it with the loss sigmoid; simpo would.")]
    [InlineData("divergence_alpha: 0.1", "line 3: divergence_alpha: nothing reads it")]
    [InlineData("schedule: cosine\nleast_learning_rate: 1e-6", "line 4: least_learning_rate: the schedule cosine has none;")]
    [InlineData("schedule: polynomial\nlearning_rate: 1e-8", "line 4: learning_rate: 1E-08 is not above 1E-07, where polynomial ends.")]
    [InlineData("decay_steps: 2", "line 3: decay_steps: the schedule linear has none;")]
    [InlineData("loss: simpo\nreference: MODEL", "line 4: reference: the loss simpo has none.")]
    [InlineData("learning_rate: null", "line 3: learning_rate: expected a number, not null.")]
    [InlineData("lora: 8", "line 3: lora: expected keys and values, not '8'.")]
    [InlineData("lora: {rnak: 8}", "line 3: lora.rnak is not known; did you mean rank?")]
    [InlineData("lora: {r: 8}", "line 3: lora.r is not known: here it is rank.")]
    [InlineData("lora: {target_modules: [q_proj]}", "line 3: lora.target_modules is not known: here it is targets.")]
    [InlineData("lora: {rank: 0}", "line 3: lora.rank: 0 is not at least 1.")]
    [InlineData("adapter: nowhere", "line 3: adapter: there is no folder 'nowhere'.")]
    [InlineData("beta: 0.1\nbeta: 0.2", "line 4")]
    [InlineData("beta: [", "not YAML")]
    [InlineData("lora: &all {targets: [*all]}", "line 3: an alias stands inside what it names.")]
    public void A_fault_is_told_with_file_line_and_key(string lines, string expected)
    {
        var path = Write("a.yml", $"model: MODEL\ndata: ROWS\n{lines}\n");
        var message = Assert.Throws<ModelFormatException>(() => Read<OfflineOptions>(path)).Message;
        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.Contains(path, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"model\": \"MODEL\",\n \"data\": [\"ROWS\"],\n \"epochs\": \"two\"}", "line 3: epochs: expected a whole number")]
    [InlineData("{\"model\": \"MODEL\",\n \"data\": [\"nowhere.jsonl\"]}", "line 2: data: there is no file 'nowhere.jsonl'.")]
    [InlineData("{\"data\": [\"ROWS\"]}", "model is missing.")]
    [InlineData("{\"model\": \"no such name\", \"data\": [\"ROWS\"]}", "line 1: model: there is no file or folder 'no such name'")]
    [InlineData("{\"model\": \"MODEL\", \"model\": \"MODEL\"}", "model is there twice")]
    [InlineData("{\"model\": ", "a.json")]
    [InlineData("[1]", "expected keys and values, not a list")]
    public void So_is_a_fault_in_json(string text, string expected) => Assert.Contains(expected,
        Assert.Throws<ModelFormatException>(() => Read<SupervisedOptions>(Write("a.json", text))).Message, StringComparison.Ordinal);

    [Fact]
    public void All_faults_are_told_at_once()
    {
        var path = Write("a.yml", "model: MODEL\ndata: ROWS\nepochs: 0\nbeat: 1\n");
        Assert.Equal(2, Assert.Throws<ModelFormatException>(() => Read<OfflineOptions>(path)).Message.Split('\n').Length);
    }

    [Fact]
    public void Help_names_every_option_with_default_and_meaning()
    {
        var help = RecipeHelp.Of(typeof(OfflineOptions));
        Assert.Contains("  batch_pairs               Pairs per micro-batch. [8]", help, StringComparison.Ordinal);
        Assert.Contains("    rank                    Rank of the factors. [16]", help, StringComparison.Ordinal);
        Assert.All(RecipeReader.OptionsOf(typeof(OfflineOptions)),
            option => Assert.Contains($"  {option.Name} ", help, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(typeof(SupervisedOptions)), InlineData(typeof(OfflineOptions)), InlineData(typeof(KtoOptions))]
    [InlineData(typeof(RewardOptions))]
    [InlineData(typeof(Majlis.Trainer.Iterate.IterateOptions)), InlineData(typeof(LoraSettings))]
    public void The_rooms_readme_names_every_option(Type type)
    {
        var readme = File.ReadAllText(Path.Combine(Shared.Root, "Trainer", "README.md"));
        Assert.All(RecipeReader.OptionsOf(type), option => Assert.Contains($"`{option.Name}`", readme, StringComparison.Ordinal));
    }
}
