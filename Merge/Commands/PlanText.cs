// A merge's plan in words, before anything is computed.
using Majlis.Model.Weights;

namespace Majlis.Merge.Commands;

static class PlanText
{
    public static IEnumerable<string> Lines(MergePlan plan, string output, MergeOptions options)
    {
        var recipe = plan.Recipe;
        yield return $"{recipe.Method} of {plan.Inputs.Count} models" + (recipe.BaseModel is { } origin ? $", base_model {origin}" : "")
            + (recipe.Slices.Length > 1 ? $", {recipe.Slices.Length} slices" : "");
        foreach (var input in plan.Inputs) yield return $"  {input.Name}: {Describe(input)}";
        if (plan.Vocabulary is { } vocabulary)
            yield return $"vocabulary: {vocabulary.Ids.Count} tokens in {vocabulary.Rows} rows, those of {vocabulary.Source.Name}" +
                (vocabulary.Added.Count > 0 ? $" and {vocabulary.Added.Count} that only others have" : "");
        if (plan.IsRandom) yield return $"seed {plan.Seed}";
        foreach (var warning in plan.Warnings) yield return $"warning: {warning}";
        var files = Math.Max(1, (plan.Bytes + options.ShardBytes - 1) / options.ShardBytes);
        yield return $"result: {plan.Tensors.Length} tensors, {plan.Layers} layers, {plan.OutputType}, {MergeSpace.InWords(plan.Bytes)}" +
            (files > 1 ? $" in about {files} files" : "") + $", in {output}"
            + (MergeSpace.FreeAt(output) is { } free ? $" ({MergeSpace.InWords(free)} free)" : "");
    }

    static string Describe(MergeInput input)
    {
        var types = input.Tensors.Values.GroupBy(tensor => tensor.Type).OrderByDescending(group => group.Count())
            .Select(group => group.Key);
        var bytes = input.Tensors.Values.Sum(tensor => TensorLayout.Bytes(tensor.Type, tensor.Elements));
        return $"{input.Tensors.Count} tensors, {input.LayerCount} layers, {string.Join(" and ", types)}, {MergeSpace.InWords(bytes)}";
    }
}
