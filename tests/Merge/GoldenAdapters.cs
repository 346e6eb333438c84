// Adapters merged into full weights, against peft's merge_and_unload: every tensor that changes, and no other.
using Majlis.Merge;
using Majlis.Merge.Recipes;
using Majlis.Model.Weights;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Merge;

[Trait("Golden", "Training")]
public sealed class GoldenAdapters
{
    const double Tolerance = 1e-6;

    static string Root => Shared.Golden("training", "lora_math");

    public static TheoryData<string?> Cases
    {
        get
        {
            if (!Directory.Exists(Root)) return [(string?)null];
            return [.. Directory.EnumerateDirectories(Root)
                .Where(folder => File.Exists(Path.Combine(folder, "merged_changed_tensors.safetensors")))
                .Select(Path.GetFileName).Order(StringComparer.Ordinal)];
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public void Folding_equals_peft(string? name)
    {
        Assert.SkipWhen(name is null, "goldens/training/lora_math is not here");
        var model = Path.Combine(Root, name!.Contains("gpt2", StringComparison.Ordinal) ? "base_gpt2" : "base");
        Check($"lora_math/{name}", model, Path.Combine(Root, name), Path.Combine(Root, name, "merged_changed_tensors.safetensors"));
    }

    [Theory]
    [InlineData("llama_lora")]
    [InlineData("llama_lora_continue")]
    public void Folding_what_a_run_trained_equals_peft(string run)
    {
        var folder = Shared.Require(Shared.Golden("training", "dpo_run", run));
        Check($"dpo_run/{run}/merged_final", Path.Combine(folder, "base"), Path.Combine(folder, "adapter_final"),
            Path.Combine(folder, "merged_final", "model.safetensors"));
    }

    static void Check(string golden, string model, string adapter, string merged)
    {
        using var plan = MergePlan.Create(MergeRecipe.Parse(
            $"merge_method: linear\nmodels:\n- model: {model}+{adapter}\n  parameters: {{weight: 1.0}}\n"), "");
        using var expected = SafetensorsFile.Open(merged);
        using var start = SafetensorsFile.Open(Path.Combine(model, "model.safetensors"));
        var worst = 0.0;
        foreach (var tensor in plan.Tensors)
        {
            var (source, at) = (expected.Tensors.ContainsKey(tensor.Name) ? expected : start, 0);
            var values = new float[tensor.Elements];
            source.Read(tensor.Name, 0, values);
            plan.Method.Merge(tensor, piece =>
            {
                foreach (var value in piece) worst = Math.Max(worst, Math.Abs(value - values[at++]));
            });
        }
        GoldenReport.Line("Training", golden, worst, Tolerance);
        Assert.InRange(worst, 0, Tolerance);
    }
}
