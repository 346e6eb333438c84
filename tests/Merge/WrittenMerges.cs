// A merge on disk: the folder appears whole or not at all, shards hold what the plan says, an adapter's delta is exact.
using System.Text.Json.Nodes;
using Majlis.CommandLine;
using Majlis.Merge;
using Majlis.Merge.Commands;
using Majlis.Model;
using Majlis.Model.Weights;
using Majlis.tests.Support;
using Majlis.Text.Tokenizers;
using Xunit;

namespace Majlis.tests.Merge;

public sealed class WrittenMerges : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("majlis-merge").FullName;

    static string Root => Shared.Require(Shared.Golden("merging"));

    public void Dispose() => Directory.Delete(folder, recursive: true);

    string Output => Path.Combine(folder, "out");

    [Fact]
    public void A_sharded_result_reads_back_as_planned_with_the_hash_of_every_tensor()
    {
        var report = Merger.Run(Path.Combine(Root, "cases", "shards", "config.yml"), Root, Output,
            new MergeOptions { ShardBytes = 20_000, Workers = 3 });
        Assert.True(Directory.GetFiles(Output, "model-*.safetensors").Length > 5);
        using var written = SafetensorsFolder.Open(Output);
        Assert.Equal(39, written.Tensors.Count);
        foreach (var (name, hash) in report.TensorHashes)
        {
            var bytes = written.Raw(name, 0, (int)written.Tensors[name].Elements * 4);
            Assert.Equal(hash, Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes)));
        }
        Assert.Contains("\"dtype\": \"float32\"", File.ReadAllText(Path.Combine(Output, "config.json")));
    }

    [Theory]
    [InlineData("num_hidden_layers", 5, "its config.json describes model.layers.4.")]
    [InlineData("num_hidden_layers", 3, "its files hold 4 layers, its config.json describes 3")]
    [InlineData("vocab_size", 100, "its config.json describes model.embed_tokens.weight [100, 32], and its files have it as [96, 32]")]
    [InlineData("intermediate_size", 80, "its config.json describes model.layers.0.mlp.")]
    public void A_model_whose_files_are_not_what_its_config_describes_is_refused(string field, int value, string told)
    {
        var (model, copy) = (Path.Combine(Root, "models", "llama-f32", "a"), Path.Combine(folder, "copy"));
        Directory.CreateDirectory(copy);
        foreach (var file in Directory.GetFiles(model)) File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        var config = JsonNode.Parse(File.ReadAllText(Path.Combine(copy, "config.json")))!;
        config[field] = value;
        File.WriteAllText(Path.Combine(copy, "config.json"), config.ToJsonString());
        var recipe = Path.Combine(folder, "copy.yml");
        File.WriteAllText(recipe, "merge_method: linear\nmodels:\n- model: copy\n  parameters: {weight: 1.0}\n");
        var refusal = Assert.Throws<MergeRecipeException>(() => Merger.Run(recipe, folder, Output, new MergeOptions()));
        Assert.Contains($"copy: {told}", refusal.Message, StringComparison.Ordinal);
        Assert.False(Path.Exists(Output));
    }

    [Fact]
    public void A_merge_of_a_gguf_has_its_tokenizer_and_defaults()
    {
        var model = Shared.Require(Shared.Data("data", "tiny-gguf", "llama-2-tiny-random.gguf"));
        var recipe = Path.Combine(folder, "gguf.yml");
        File.WriteAllText(recipe, $"merge_method: linear\nmodels:\n- model: {model}\n  parameters: {{weight: 1.0}}\n");
        Merger.Run(recipe, folder, Output, new MergeOptions());
        Assert.True(File.Exists(Path.Combine(Output, "tokenizer.json")));
        Assert.True(File.Exists(Path.Combine(Output, "generation_config.json")));
        Assert.NotEmpty(TextTokenizer.FromJson(Path.Combine(Output, "tokenizer.json")).Encode("text", false));
    }

    [Fact]
    public async Task The_command_writes_a_model_that_opens_with_its_tokenizer()
    {
        var (model, recipe) = (Shared.Require(Shared.Golden("architectures", "llama_untied")), Path.Combine(folder, "recipe.yml"));
        var named = Path.Combine(folder, "named");
        Directory.CreateDirectory(named);
        foreach (var file in new[] { "config.json", "model.safetensors" }) File.Copy(Path.Combine(model, file), Path.Combine(named, file));
        await File.WriteAllTextAsync(Path.Combine(named, "tokenizer_config.json"), "{}", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(recipe, $"merge_method: linear\nmodels:\n- model: {named}\n  parameters: {{weight: 1.0}}\n",
            TestContext.Current.CancellationToken);
        Assert.Equal(0, await MergeCommand.Build().RunAsync([recipe, Output, "--dry-run"]));
        Assert.False(Path.Exists(Output));
        Assert.Equal(0, await MergeCommand.Build().RunAsync([recipe, Output]));
        using var merged = Checkpoint.Open(Output);
        Assert.True(File.Exists(Path.Combine(Output, "tokenizer_config.json")));
        Assert.Equal(1, await MergeCommand.Build().RunAsync([recipe, Output]));
        Assert.Equal(HostCommand.WrongOptions, await MergeCommand.Build().RunAsync([recipe, Output, "--shard-size", "0"]));
    }

    [Fact]
    public void A_refused_merge_leaves_nothing_behind()
    {
        Assert.Throws<MergeRecipeException>(() => Merger.Run(Path.Combine(Root, "faulty", "configs", "nan-linear.yml"), Root, Output));
        var late = Path.Combine(Root, "faulty", "configs", "shape-late-small-shards.yml");
        Assert.Throws<MergeRecipeException>(() => Merger.Run(late, Root, Output, new MergeOptions { ShardBytes = 1000 }));
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder));
    }

    [Theory]
    [InlineData("", "hold no tensor")]
    [InlineData("model.layers.99999999999.x.weight", "odd has 0 layers")]
    public void Odd_weights_are_refused_in_words(string tensor, string says)
    {
        TinyLlama.Write(folder + "/whole");
        Directory.CreateDirectory(folder + "/odd");
        File.Copy(folder + "/whole/config.json", folder + "/odd/config.json");
        SafetensorsWriter.WriteFile(folder + "/odd/model.safetensors",
            tensor == "" ? [] : [new TensorInfo(tensor, TensorType.F32, [1])], (_, output) => output.Write([1f]));
        File.WriteAllText(folder + "/recipe.yml",
            "merge_method: linear\nmodels:\n- {model: whole, parameters: {weight: 1}}\n- {model: odd, parameters: {weight: 1}}\n");
        var refused = Assert.Throws<MergeRecipeException>(() => Merger.Run(folder + "/recipe.yml", folder, Output));
        Assert.Contains(says, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_output_that_is_there_is_not_touched()
    {
        var recipe = Path.Combine(Root, "faulty", "configs", "output-not-empty.yml");
        Directory.CreateDirectory(Output);
        File.WriteAllText(Path.Combine(Output, "mine"), "keep");
        Assert.Throws<MergeRecipeException>(() => Merger.Run(recipe, Root, Output));
        Assert.Equal(["mine"], Directory.GetFiles(Output).Select(Path.GetFileName));
        Assert.Throws<MergeRecipeException>(() => Merger.Run(recipe, Root, Path.Combine(Output, "mine")));
    }

    [Fact]
    public void A_disk_that_fills_up_in_the_middle_is_said_with_the_file_and_nothing_is_left_of_the_result()
    {
        using var volume = SmallVolume.Mount(4);
        string At(string name) => Path.Combine(volume.Path, name);
        TinyStarter.Write(Directory.CreateDirectory(At("model")).FullName);
        File.WriteAllText(At("recipe.yml"), "merge_method: linear\nmodels:\n- model: model\n  parameters: {weight: 1.0}\n");
        Directory.CreateDirectory(At("out"));
        var before = volume.Left;
        var full = new Filling(volume);
        var message = Assert.Throws<MergeRecipeException>(() =>
            Merger.Run(At("recipe.yml"), volume.Path, At("out"), new MergeOptions { Workers = 1, Progress = full })).Message;
        Assert.StartsWith($"{At("out")}: the disk is full (", message, StringComparison.Ordinal);
        Assert.Contains($"'{Path.Combine(At("out.part"), "model.safetensors")}'", message, StringComparison.Ordinal);
        volume.Free();
        Assert.Equal(before, volume.Left);
        Assert.Empty(Directory.GetFileSystemEntries(At("out")));
        Merger.Run(At("recipe.yml"), volume.Path, At("out"));
        using var merged = Checkpoint.Open(At("out"));
    }

    /// <summary>Somebody else takes all the room once a part is computed.</summary>
    sealed class Filling(SmallVolume volume) : IProgress<MergeProgress>
    {
        public void Report(MergeProgress value) => volume.Fill();
    }

    [Fact]
    public void Rounding_to_bf16_from_fp64_rounds_once()
    {
        // Just above the middle between two bf16 numbers, but exactly the middle in fp32: rounded twice, it would go down to even.
        var middle = 1 + Math.Pow(2, -8);
        Assert.Equal(1 + Math.Pow(2, -7), Rounding.Round(middle + Math.Pow(2, -40), TensorType.BF16));
        Assert.Equal(1, Rounding.Round(middle - Math.Pow(2, -40), TensorType.BF16));
        Assert.Equal(1, Rounding.Round(middle, TensorType.BF16));
    }
}
