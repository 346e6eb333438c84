// The models of a recipe, each opened once, by the names the recipe uses. Knows nothing of tensors' contents.
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

    /// <summary>The head's weights, where one of the models has them apart from its embeddings.</summary>
    public string? HeadName => All.Select(input => input.Network).FirstOrDefault(network => network is { IsTied: false })?.Head?.Weight;

    public bool Contains(string model) => opened.ContainsKey(model);

    public static MergeInputs Open(MergeRecipe recipe, string root, IReadOnlyDictionary<string, string>? places = null)
    {
        foreach (var slice in recipe.Slices)
            if (slice.Sources.GroupBy(source => (source.Model, source.Layers)).FirstOrDefault(group => group.Count() > 1) is { } twice)
                throw new MergeRecipeException($"{twice.Key.Model} is listed twice; add its weights together instead");
        var inputs = new MergeInputs(recipe.BaseModel ?? recipe.Slices[0].Sources[0].Model);
        try
        {
            foreach (var name in recipe.Models)
                inputs.opened.Add(name, MergeInput.Open(name, root, recipe.Type, places));
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
