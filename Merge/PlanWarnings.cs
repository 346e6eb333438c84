// Warns of recipes that are legal but probably not meant. Errors are refused elsewhere.
using System.Collections.Immutable;
using Majlis.Merge.Methods;
using Majlis.Merge.Recipes;
using Majlis.Model;

namespace Majlis.Merge;

static class PlanWarnings
{
    public static IEnumerable<string> Find(MergeRecipe recipe, IMergeMethod method, MergeInputs inputs, ImmutableArray<TensorTask> tensors)
    {
        foreach (var warning in recipe.Warnings.Concat(inputs.All.SelectMany(input => input.Warnings))) yield return warning;
        var listed = recipe.Slices.SelectMany(slice => slice.Sources).Select(source => source.Model).ToHashSet();
        if (inputs.All.Count == 1 && method is not Passthrough)
            yield return $"{listed.First()} is the only model: the result is a copy of it";
        if (!method.BaseIsOrigin && recipe.BaseModel is { } origin && !listed.Contains(origin))
            yield return $"base_model {origin} is not listed, yet {method.Name} averages it like any other model";
        var types = inputs.All.SelectMany(input => input.Tensors.Values).Select(tensor => tensor.Type).Distinct();
        if (recipe.Type is null && types.Count() > 1)
            yield return $"the models are stored in different types; the result is {tensors[0].OutputType}";
        foreach (var (name, entries) in recipe.Parameters.Values)
            if (entries is [{ Gradient.Length: > 1 } list] && list.Gradient.Length == listed.Count)
                yield return $"{name} is a list for the whole recipe: it runs over depth, it is not one value per model";
    }
}
