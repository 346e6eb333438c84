// Merges experts into full weights: the recipe, the fp32 master by Merge, and the serving copy rounded once from it.
// Knows the layout of a version's folder; knows nothing of training.
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Majlis.Merge;
using Majlis.Merge.Recipes;
using Majlis.Model;
using Majlis.Model.Catalog;
using Majlis.Model.Weights;

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
            var (master, serve) = (Path.Combine(fresh, ModelCatalog.Master), Path.Combine(fresh, ModelCatalog.Serve));
            Directory.CreateDirectory(master);
            Directory.CreateDirectory(serve);
            using var plan = MergePlan.Create(recipe, "");
            report = Merger.Write(plan, master);
            Round(master, serve);
            using var donor = Checkpoint.Open(basePath);
            foreach (var (target, type) in new[] { (master, "float32"), (serve, "bfloat16") }) WriteConfig(donor, target, type);
        });
        return new CandidateResult(recipe.Source, report!.TensorHashes);
    }

    /// <summary>The same tensors in bf16, each value rounded once from the master.</summary>
    static void Round(string master, string serve)
    {
        using var weights = SafetensorsFolder.Open(master);
        var buffer = new float[1 << 20];
        SafetensorsWriter.WriteFolder(serve, weights.Tensors.Values.OrderBy(tensor => tensor.Name, StringComparer.Ordinal)
            .Select(tensor => tensor with { Type = TensorType.BF16 }), (info, output) =>
        {
            for (long done = 0; done < info.Elements; done += buffer.Length)
            {
                var part = buffer.AsSpan(0, (int)Math.Min(buffer.Length, info.Elements - done));
                weights.Read(info.Name, done, part);
                output.Write(part);
            }
        });
    }

    static void WriteConfig(Checkpoint donor, string folder, string type)
    {
        CheckpointFiles.WriteConfigAndTokenizer(donor, folder);
        var path = Path.Combine(folder, CheckpointFiles.Config);
        var config = JsonNode.Parse(File.ReadAllBytes(path))!.AsObject();
        config.Remove("torch_dtype");
        config["dtype"] = type;
        File.WriteAllText(path, config.ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
    }

    static string Quote(string path) => "'" + path.Replace("'", "''", StringComparison.Ordinal) + "'";
}
