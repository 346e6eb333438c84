// The same recipe gives the same bytes, however many tensors are computed at a time; a seed decides what is random.
using System.Collections.Immutable;
using Majlis.Merge;
using Majlis.Merge.Recipes;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Merge;

public sealed class RepeatedMerges : IDisposable
{
    readonly TemporaryFolder folder = new();

    static string Root => Shared.Require(Shared.Golden("merging"));

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("lora-linear")]
    [InlineData("random-della-three")]
    [InlineData("ties-cohere2")]
    public void Workers_change_nothing(string name)
    {
        var recipe = MergeRecipe.Read(Path.Combine(Root, "cases", name, "config.yml"));
        Assert.Equal(Hashes(recipe, seed: 3, workers: 1), Hashes(recipe, seed: 3, workers: 4));
    }

    [Fact]
    public void Another_seed_drops_other_elements()
    {
        var recipe = MergeRecipe.Read(Path.Combine(Root, "cases", "random-dare_linear-plain", "config.yml"));
        var (one, two) = (Hashes(recipe, seed: 1, workers: 1), Hashes(recipe, seed: 2, workers: 1));
        Assert.DoesNotContain(one, tensor => two[tensor.Key] == tensor.Value);
    }

    [Fact]
    public void A_value_beyond_the_type_is_refused_and_named()
    {
        TinyLlama.Write(folder.File("m"), weights: name => name == "lm_head.weight" ? [.. Enumerable.Repeat(70_000f, 64)] : null);
        using var plan = MergePlan.Create(
            MergeRecipe.Parse("merge_method: passthrough\nout_dtype: float16\nmodels:\n- model: m\n"), folder.Path);
        var refusal = Assert.Throws<MergeRecipeException>(() => Merger.Publish(plan, folder.File("out")));
        Assert.Contains("lm_head.weight: a value of 70000", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(["m"], Directory.EnumerateFileSystemEntries(folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void A_module_and_a_slices_base_are_mergekits()
    {
        const string Sources = "[{model: models/llama-f32/a, layer_range: [0, 4]}, {model: models/llama-f32/b, layer_range: [0, 4]}]";
        using var plain = Plan(
            $"merge_method: slerp\nbase_model: models/llama-f32/b\nparameters: {{t: 0.2}}\nslices:\n- sources: {Sources}");
        using var modular = Plan("merge_method: slerp\nbase_model: models/llama-f32/a\nparameters: {t: 0.9}\nmodules:\n  text_decoder:\n"
            + $"    parameters: {{t: 0.2}}\n    slices:\n    - base_model: models/llama-f32/b\n      sources: {Sources}");
        foreach (var (one, other) in plain.Tensors.Zip(modular.Tensors))
            Assert.Equal(GoldenCase.Merged(plain, one), GoldenCase.Merged(modular, other));
    }

    static MergePlan Plan(string recipe) => MergePlan.Create(MergeRecipe.Parse(recipe), Root);

    ImmutableSortedDictionary<string, string> Hashes(MergeRecipe recipe, long seed, int workers)
    {
        using var plan = MergePlan.Create(recipe, Root, seed);
        return Merger.Write(plan, folder.File($"{seed}-{workers}"), new MergeOptions { Workers = workers }).TensorHashes;
    }
}
