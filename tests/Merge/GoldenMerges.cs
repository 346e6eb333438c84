// Our merges against mergekit's, tensor by tensor. The cases are the folders on disk; a case refused on purpose says so.
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Majlis.Merge;
using Majlis.Merge.Recipes;
using Majlis.Model;
using Majlis.Model.Weights;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Merge;

[Trait("Golden", "Merging")]
public sealed class GoldenMerges
{
    /// <summary>How many elements of arcee_fusion may come from the other input: its threshold is fp32 noise in mergekit.</summary>
    const double FusionShare = 0.002;

    public static TheoryData<string?> Cases => GoldenCase.Names(name => !GoldenCase.IsRandom(name) && !GoldenCase.IsJoined(name));

    [Theory, MemberData(nameof(Cases))]
    public void Equals_mergekit(string? name)
    {
        using var golden = GoldenCase.Open(name);
        if (IsCropped(golden))
        {
            RefusesToCrop(golden.Recipe);
            GoldenReport.Line("Merging", name!, 0, 0);
            return;
        }
        using var plan = MergePlan.Create(golden.Recipe, GoldenCase.Root);
        using var expected = RoundsInside(golden.Recipe, plan) ? Unrounded(name!) : SafetensorsFolder.Open(golden.Expected.Path);
        CheckNames(golden, plan);
        CheckConfig(golden, plan);
        var (worst, outside) = (0.0, 0L);
        foreach (var tensor in expected.Tensors.Values) Compare(plan, tensor, expected, ref worst, ref outside);
        var allowed = Allowed(golden, expected);
        GoldenReport.Line("Merging", name!, outside > allowed || allowed == 0 ? worst : 0, GoldenCase.Tolerance);
        Assert.InRange(outside, 0, allowed);
        if (plan.Method.Name == "passthrough") Assert.Equal(golden.Record.GetProperty("sha256_all_f32").GetString(), HashOfAll(plan));
    }

    static void Compare(MergePlan plan, TensorInfo tensor, SafetensorsFolder expected, ref double worst, ref long outside)
    {
        var task = plan.Tensors.Single(each => each.Name == tensor.Name);
        Assert.Equal(tensor.Shape, task.Shape);
        Assert.Equal(tensor.Type, task.OutputType);
        var ours = GoldenCase.Merged(plan, task);
        var theirs = IsLentHead(plan, task) ? Lent(plan, task) : GoldenCase.Stored(expected, tensor.Name);
        for (var i = 0; i < ours.Length; i++)
        {
            var distance = GoldenCase.Distance(ours[i], theirs[i], task.OutputType);
            worst = Math.Max(worst, distance);
            if (distance > GoldenCase.Tolerance) outside++;
        }
    }

    /// <summary>mergekit takes the untied model's head alone, but for families whose table has a rule; ours is the same for all.</summary>
    static bool IsLentHead(MergePlan plan, TensorTask task) =>
        task.Inputs.Any(input => input.Tensor != task.Name) && plan.DonorConfig.GetProperty("model_type").GetString() != "llama";

    /// <summary>By linear's own formula: a tied model's head is its embeddings.</summary>
    static float[] Lent(MergePlan plan, TensorTask task)
    {
        Assert.Equal("linear", plan.Method.Name);
        var (sum, value, total) = (new double[task.Elements], new double[task.Elements], 0.0);
        for (var input = 0; input < task.Inputs.Length; input++)
        {
            task.Inputs[input].Read(0, value);
            for (var i = 0; i < sum.Length; i++) sum[i] += task.Model("weight", input) * value[i];
            total += task.Model("weight", input);
        }
        return [.. sum.Select(each => (float)(each / total))];
    }

    /// <summary>The config that mergekit writes; where it still calls a result tied that has a head, ours does not.</summary>
    static void CheckConfig(GoldenCase golden, MergePlan plan)
    {
        var ours = ResultConfig.Of(plan);
        // Where mergekit fails to write a config, as for stacked layers of different kinds, ours has one kind for each layer.
        if (golden.Record.GetProperty("out_config").ValueKind == JsonValueKind.Null)
        {
            Assert.Equal(plan.Layers, ours["layer_types"]!.AsArray().Count);
            return;
        }
        foreach (var (key, value) in golden.Record.GetProperty("out_config").EnumerateObject().Select(each => (each.Name, each.Value)))
            if (key == "tie_word_embeddings" && plan.Tensors.Any(tensor => tensor.Inputs.Any(input => input.Tensor != tensor.Name)))
                Assert.False(ours[key]!.GetValue<bool>());
            else if (key == "layer_types") Assert.Equal(plan.Layers, ours[key]!.AsArray().Count);
            else Assert.True(JsonNode.DeepEquals(JsonNode.Parse(value.GetRawText()), ours[key]), $"{key}: {ours[key]} instead of {value}");
    }

    /// <summary>
    /// Elements that may differ: those that have the magnitude at which trimming ends, and those on either side of a noisy threshold.
    /// </summary>
    static long Allowed(GoldenCase golden, SafetensorsFolder expected) => golden.Recipe.Method == "arcee_fusion"
        ? (long)(FusionShare * expected.Tensors.Values.Sum(tensor => tensor.Elements))
        : golden.Record.TryGetProperty("trim_ties", out var ties)
            ? ties.EnumerateArray().Sum(model => model.GetProperty("elements_on_border").GetInt64()) : 0;

    /// <summary>Every tensor of mergekit's result and no other, in its shape.</summary>
    static void CheckNames(GoldenCase golden, MergePlan plan)
    {
        Assert.Equal(golden.Record.GetProperty("tensors").GetInt32(), plan.Tensors.Length);
        if (!golden.Record.TryGetProperty("all_tensors", out var all)) return;
        foreach (var tensor in plan.Tensors)
            Assert.Equal(all.GetProperty(tensor.Name).GetProperty("shape").EnumerateArray().Select(size => size.GetInt64()), tensor.Shape);
    }

    /// <summary>mergekit computes 16-bit deltas in 16 bits unless dtype says otherwise; its README names this no target.</summary>
    static bool RoundsInside(MergeRecipe recipe, MergePlan plan) => recipe.Type is null && recipe.OutputType is null
        && plan.Method.BaseIsOrigin && plan.OutputType is TensorType.BF16 or TensorType.F16;

    /// <summary>The same merge with dtype float32, which is what ours gives without it.</summary>
    static SafetensorsFolder Unrounded(string name)
    {
        var folder = Path.Combine(GoldenCase.Root, "cases", name + "-f32");
        Assert.SkipUnless(Directory.Exists(folder), "mergekit does all arithmetic in 16 bits here; its README names this no target");
        return SafetensorsFolder.Open(folder);
    }

    static bool IsCropped(GoldenCase golden) =>
        golden.Record.GetProperty("command").GetString()!.Contains("--unsafe-truncate-embeddings", StringComparison.Ordinal);

    /// <summary>A careful tool crops no vocabulary (faulty/results.json); the message names the way to align them.</summary>
    static void RefusesToCrop(MergeRecipe recipe) => Assert.Contains("tokenizer_source",
        Assert.Throws<MergeRecipeException>(() => MergePlan.Create(recipe, GoldenCase.Root)).Message, StringComparison.Ordinal);

    static string HashOfAll(MergePlan plan)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var tensor in plan.Tensors)
            foreach (var value in GoldenCase.Merged(plan, tensor)) hash.AppendData(BitConverter.GetBytes((float)value));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
