// The models of a recipe, each opened once, by the names the recipe uses. Knows nothing of tensors' contents.
using System.Collections.Immutable;
using Majlis.Merge.Methods;
using Majlis.Merge.Recipes;

namespace Majlis.Merge;

sealed class MergeInputs : IDisposable
{
    readonly Dictionary<string, MergeInput> opened = [];

    MergeInputs(string donor) => donorName = donor;

    readonly string donorName;

    public IReadOnlyList<MergeInput> All => [.. opened.Values];

    public MergeInput Donor => opened[donorName];

    public MergeInput this[string model] => opened[model];

    public static MergeInputs Open(MergeRecipe recipe, string root)
    {
        foreach (var slice in recipe.Slices)
            if (slice.Sources.GroupBy(source => (source.Model, source.Layers)).FirstOrDefault(group => group.Count() > 1) is { } twice)
                throw new MergeRecipeException($"{twice.Key.Model} is listed twice; add its weights together instead");
        var inputs = new MergeInputs(recipe.BaseModel ?? recipe.Slices[0].Sources[0].Model);
        try
        {
            var names = recipe.Slices.SelectMany(slice => slice.Sources).Select(source => source.Model);
            var bases = recipe.Slices.Select(slice => slice.BaseModel).Append(recipe.BaseModel).OfType<string>();
            foreach (var name in names.Concat(bases).Distinct())
                inputs.opened.Add(name, MergeInput.Open(name, root, recipe.Type));
            return inputs;
        }
        catch
        {
            inputs.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        foreach (var input in opened.Values) input.Dispose();
    }
}
