// Our merges against mergekit's, tensor by tensor. The cases are the folders on disk; a case refused on purpose says so.
using System.Security.Cryptography;
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

    public static TheoryData<string?> Cases => GoldenCase.Names(name => !GoldenCase.IsRandom(name));

    [Theory, MemberData(nameof(Cases))]
    public void Equals_mergekit(string? name)
    {
        Assert.SkipWhen(name is null, "goldens/merging is not here");
        Assert.SkipWhen(name!.StartsWith("tok-", StringComparison.Ordinal) || name == "vocab-truncate"
            || name.StartsWith("heads-", StringComparison.Ordinal) && name.Contains("mixed", StringComparison.Ordinal),
            "refused: vocabularies are not joined, and tied heads not with untied ones");
        using var golden = GoldenCase.Open(name);
        using var plan = MergePlan.Create(golden.Recipe, GoldenCase.Root);
        using var expected = RoundsInside(golden.Recipe, plan) ? Unrounded(name!) : SafetensorsFolder.Open(golden.Expected.Path);
        CheckNames(golden, plan);
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
        var (ours, theirs) = (GoldenCase.Merged(plan, task), GoldenCase.Stored(expected, tensor.Name));
        for (var i = 0; i < ours.Length; i++)
        {
            var distance = GoldenCase.Distance(ours[i], theirs[i], task.OutputType);
            worst = Math.Max(worst, distance);
            if (distance > GoldenCase.Tolerance) outside++;
        }
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

    static string HashOfAll(MergePlan plan)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var tensor in plan.Tensors)
            foreach (var value in GoldenCase.Merged(plan, tensor)) hash.AppendData(BitConverter.GetBytes((float)value));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
