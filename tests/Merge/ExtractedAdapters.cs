// An adapter extracted from two models: applied to the first it gives the second, as far as its rank allows, and it says how far.
using Majlis.Merge;
using Majlis.Merge.Adapters;
using Majlis.Merge.Commands;
using Majlis.Merge.Recipes;
using Majlis.Model.Weights;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Merge;

public sealed class ExtractedAdapters : IDisposable
{
    const string Query = "model.layers.1.self_attn.q_proj.weight";

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_change_of_low_rank_comes_back()
    {
        var (before, after) = Models(rank: 2);
        var report = AdapterExtraction.Run(before, after, folder.File("adapter"), rank: 3, whole: false, new Progress<string>());
        Assert.InRange(report.Error, 0, 1e-6);
        Assert.Equal(["model.norm.weight"], report.LeftOut);
        Assert.Equal("model.layers.1.self_attn.q_proj", Assert.Single(report.Parts).Module);
        using var plan = Applied(before, folder.File("adapter"));
        using var tuned = SafetensorsFolder.Open(after);
        Assert.Equal(GoldenCase.Stored(tuned, Query).Select(value => (double)value), GoldenCase.Merged(plan, Task(plan, Query)),
            (expected, actual) => Math.Abs(expected - actual) < 1e-6);
    }

    [Fact]
    public void Of_a_change_of_full_rank_the_error_is_what_is_missing()
    {
        var (before, after) = Models(rank: 8);
        var report = AdapterExtraction.Run(before, after, folder.File("adapter"), rank: 3, whole: true, new Progress<string>());
        Assert.InRange(report.Error, 0.05, 0.9);
        Assert.Empty(report.LeftOut);
        using var plan = Applied(before, folder.File("adapter"));
        using var tuned = SafetensorsFolder.Open(after);
        var missing = GoldenCase.Stored(tuned, Query).Zip(GoldenCase.Merged(plan, Task(plan, Query)), (a, b) => (a - b) * (a - b)).Sum();
        Assert.Equal(report.Parts[0].Error, Math.Sqrt(missing), 1e-5);
        Assert.Equal(GoldenCase.Stored(tuned, "model.norm.weight").Select(value => (double)value),
            GoldenCase.Merged(plan, Task(plan, "model.norm.weight")));
    }

    [Fact]
    public void A_module_whose_bias_changed_is_kept_whole_with_its_matrix()
    {
        var root = Shared.Require(Shared.Golden("merging", "models", "qwen2-f32"));
        var (before, after) = (Path.Combine(root, "base"), Path.Combine(root, "a"));
        AdapterExtraction.Run(before, after, folder.File("adapter"), rank: 32, whole: true, new Progress<string>());
        using var plan = Applied(before, folder.File("adapter"));
        using var tuned = SafetensorsFolder.Open(after);
        Assert.All(plan.Tensors, tensor => Assert.Equal(GoldenCase.Stored(tuned, tensor.Name).Select(value => (double)value),
            GoldenCase.Merged(plan, tensor), (expected, actual) => Math.Abs(expected - actual) < 1e-6));
    }

    [Fact]
    public async Task Equal_models_have_no_adapter()
    {
        var (before, _) = Models(rank: 1);
        Assert.Equal(1, await MergeCommand.Build().RunAsync(["extract", before, before, folder.File("adapter")]));
        Assert.False(Path.Exists(folder.File("adapter")));
    }

    static TensorTask Task(MergePlan plan, string name) => plan.Tensors.Single(tensor => tensor.Name == name);

    static MergePlan Applied(string model, string adapter) => MergePlan.Create(
        MergeRecipe.Parse($"merge_method: passthrough\nmodels:\n- model: {model}+{adapter}\n"), "");

    (string Before, string After) Models(int rank)
    {
        float[] Random(int seed, int count)
        {
            var random = new Random(seed);
            return [.. Enumerable.Range(0, count).Select(_ => (float)(random.NextDouble() - 0.5))];
        }
        var (b, a) = (Random(1, TinyLlama.Width * rank), Random(2, rank * TinyLlama.Width));
        var before = TinyLlama.Write(folder.File("before"), weights: name => name == Query ? Random(3, 64) : null);
        var after = TinyLlama.Write(folder.File("after"), weights: name => name == "model.norm.weight" ? Random(4, TinyLlama.Width)
            : name == Query ? [.. Random(3, 64).Select((value, i) => value + Enumerable.Range(0, rank)
                .Sum(r => b[i / TinyLlama.Width * rank + r] * a[r * TinyLlama.Width + i % TinyLlama.Width]))] : null);
        return (before, after);
    }
}
