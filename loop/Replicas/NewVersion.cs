// Puts a version into a catalogue without training: the model itself, as a merge of one, under its own name. Moves no pointer.
using System.Text.Json;
using Majlis.Merge.Recipes;
using Majlis.Model.Catalog;
using Majlis.Trainer.Rounds;

namespace Majlis.loop.Replicas;

static class NewVersion
{
    public static void Commit(string model, string folder, string version)
    {
        var recipe = MergeRecipe.Parse($$"""
            merge_method: linear
            dtype: float32
            models:
            - model: '{{model}}'
              parameters: {weight: 1}
            """);
        var merged = Path.Combine(folder, ".made");
        CandidateMerge.Write(recipe, model, merged);
        var draft = new ModelCatalog(folder, TimeProvider.System).Begin(version);
        foreach (var (made, target) in new[] { (ModelCatalog.Master, draft.MasterFolder), (ModelCatalog.Serve, draft.ServeFolder) })
        {
            Directory.Delete(target, recursive: true);
            Directory.Move(Path.Combine(merged, made), target);
        }
        Directory.Delete(merged, recursive: true);
        draft.Commit(new Manifest { Id = version, Recipe = JsonSerializer.SerializeToElement("the model itself") });
    }
}
