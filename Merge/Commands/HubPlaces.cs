// Where a recipe's models lie that are no paths but names of the Hugging Face hub. Knows no tensors.
using Majlis.Hub;
using Majlis.Merge.Recipes;

namespace Majlis.Merge.Commands;

static class HubPlaces
{
    /// <summary>Model (without an adapter behind a +) to its files here, brought from the hub where the cache has not got them.</summary>
    /// <exception cref="HubException">The hub has no such model, or cannot be reached.</exception>
    public static async Task<IReadOnlyDictionary<string, string>> FindAsync(MergeRecipe recipe, IProgress<string> display)
    {
        var places = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var model in recipe.Models.Select(Model).Distinct())
            if (!Path.Exists(model) && HubName.TryParse(model) is not null) places[model] = await HubModel.ResolveAsync(model, display);
        return places;
    }

    static string Model(string name) => Path.Exists(name) || name.LastIndexOf('+') is not (> 0 and var plus) ? name : name[..plus];
}
