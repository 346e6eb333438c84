// Our merges against mergekit's, tensor by tensor. The cases are the folders on disk; a case refused on purpose says so.
using System.Text.Json;
using Majlis.Merge;
using Majlis.Merge.Methods;
using Majlis.Merge.Recipes;
using Majlis.Model;
using Majlis.Model.Weights;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Merge;

[Trait("Golden", "Merging")]
public sealed class GoldenMerges
{
    const double Tolerance = 5e-7;

    static string Root => Shared.Golden("merging");

    public static TheoryData<string?> Cases
    {
        get
        {
            var cases = Path.Combine(Root, "cases");
            if (!Directory.Exists(cases)) return [(string?)null];
            return [.. Directory.EnumerateDirectories(cases).Select(Path.GetFileName).Order(StringComparer.Ordinal).Where(IsKnown)];
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public void Equals_mergekit(string? name)
    {
        Assert.SkipWhen(name is null, "goldens/merging is not here");
        var folder = Path.Combine(Root, "cases", name!);
        var lines = File.ReadLines(Path.Combine(folder, "config.yml"));
        Assert.SkipWhen(lines.Any(line => line.StartsWith("tokenizer", StringComparison.Ordinal)),
            "refused on purpose: vocabularies are not joined, different ones are refused");
        var recipe = MergeRecipe.Read(Path.Combine(folder, "config.yml"));
        using var plan = Plan(recipe);
        using var expected = SafetensorsFolder.Open(folder);
        Assert.SkipWhen(MethodRoundsInside(recipe, plan), "mergekit does all arithmetic in 16 bits here; its README names this no target");
        var worst = expected.Tensors.Values.Max(tensor => Worst(plan, tensor, expected));
        GoldenReport.Line("Merging", name!, worst, Tolerance);
        Assert.InRange(worst, 0, Tolerance);
        Assert.Equal(TensorCount(folder), plan.Tensors.Length);
    }

    static bool IsKnown(string? name) =>
        File.ReadLines(Path.Combine(Root, "cases", name!, "config.yml"))
            .FirstOrDefault(line => line.StartsWith("merge_method:", StringComparison.Ordinal)) is { } line
        && MergeMethods.Find(line.Split(':')[1].Trim()) is not null;

    static MergePlan Plan(MergeRecipe recipe)
    {
        try
        {
            return MergePlan.Create(recipe, Root);
        }
        catch (MergeRecipeException refusal) when (HeadersDiffer(recipe))
        {
            Assert.Skip($"refused on purpose: {refusal.Message}");
            throw;
        }
    }

    /// <summary>mergekit merges models with unequal heads or row counts; a careful tool refuses them (faulty/results.json).</summary>
    static bool HeadersDiffer(MergeRecipe recipe)
    {
        if (recipe.Slices.Any(slice => slice.Sources.Any(source => source.Model.Contains('+')))) return false;
        var headers = recipe.Slices[0].Sources.Select(source =>
        {
            using var weights = SafetensorsFolder.Open(Path.Combine(Root, source.Model));
            return string.Join(';', weights.Tensors.Values.OrderBy(tensor => tensor.Name)
                .Select(tensor => $"{tensor.Name}[{string.Join(',', tensor.Shape)}]"));
        });
        return headers.Distinct().Count() > 1;
    }

    static bool MethodRoundsInside(MergeRecipe recipe, MergePlan plan) =>
        recipe.Type is null && plan.Method.BaseIsOrigin && plan.OutputType is TensorType.BF16 or TensorType.F16
        && recipe.OutputType is null;

    static double Worst(MergePlan plan, TensorInfo expected, SafetensorsFolder file)
    {
        var task = plan.Tensors.Single(tensor => tensor.Name == expected.Name);
        Assert.Equal(expected.Shape, task.Shape);
        Assert.Equal(expected.Type, task.OutputType);
        var values = new float[expected.Elements];
        file.Read(expected.Name, 0, values);
        var (worst, at) = (0.0, 0);
        plan.Method.Merge(task, piece =>
        {
            foreach (var value in piece)
                worst = Math.Max(worst, Distance(Rounding.Round(value, task.OutputType), values[at++], task.OutputType));
        });
        Assert.Equal(values.Length, at);
        return worst;
    }

    /// <summary>Absolute, minus one unit in the last place, since a 16-bit midpoint may fall to either side.</summary>
    static double Distance(double ours, double theirs, TensorType type)
    {
        var bits = type switch { TensorType.BF16 => 7, TensorType.F16 => 10, _ => 23 };
        var exponent = Math.Floor(Math.Log2(Math.Max(Math.Abs(ours), Math.Abs(theirs)) + 1e-30));
        var unit = type == TensorType.F32 ? 0 : Math.Pow(2, exponent - bits);
        return Math.Max(0, Math.Abs(ours - theirs) - unit * 1.0001);
    }

    static int TensorCount(string folder)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "case.json")));
        return json.RootElement.GetProperty("tensors").GetInt32();
    }
}
