// Merges experts into full weights: the recipe, the fp32 master by Merge, and the serving copy beside it. Knows nothing of training.
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Majlis.Merge;
using Majlis.Merge.Recipes;
using Majlis.Model;
using Majlis.Trainer.Optimization;

namespace Majlis.Trainer.Rounds;

public static class CandidateMerge
{
    /// <summary>A linear merge of base+adapter for every expert; equal weights give W + mean of s B A.</summary>
    public static MergeRecipe Recipe(string basePath, IReadOnlyList<(string Adapter, double Weight)> experts) => new()
    {
        Method = "linear",
        Type = TensorType.F32,
        Slices = [new MergeSlice([.. experts.Select(expert => Source(basePath, expert))], Settings.None)],
        Source = Yaml(basePath, experts),
    };

    static MergeSource Source(string basePath, (string Adapter, double Weight) expert) => new($"{basePath}+{expert.Adapter}", null,
        new Settings(ImmutableDictionary<string, ImmutableArray<FilteredSetting>>.Empty.Add("weight", [new(null, [expert.Weight])])));

    /// <summary>The same recipe in mergekit's YAML, for readers of the manifest.</summary>
    static string Yaml(string basePath, IReadOnlyList<(string Adapter, double Weight)> experts)
    {
        var text = new StringBuilder("merge_method: linear\ndtype: float32\nmodels:\n");
        foreach (var (adapter, weight) in experts)
            text.Append(CultureInfo.InvariantCulture, $"- model: {Quote($"{basePath}+{adapter}")}\n  parameters: {{weight: {weight:R}}}\n");
        return text.ToString();
    }

    /// <summary>Writes <c>master/</c> and <c>serve/</c> into a new folder, which appears whole.</summary>
    public static CandidateResult Write(MergeRecipe recipe, string basePath, string folder)
    {
        MergeReport? report = null;
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        DurableFiles.Create(folder, fresh =>
        {
            using var plan = MergePlan.Create(recipe, "");
            using var donor = Checkpoint.Open(basePath);
            TwoPrecisions.Write(fresh, donor, master => report = Merger.Write(plan, master));
        });
        return new CandidateResult(recipe.Source, report!.TensorHashes);
    }

    static string Quote(string path) => "'" + path.Replace("'", "''", StringComparison.Ordinal) + "'";
}
