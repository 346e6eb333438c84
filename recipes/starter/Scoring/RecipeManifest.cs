// The record of a whole recipe: every stage's own manifest and every score, in one file beside the result. Knows no training.
using System.Text.Json;
using System.Text.Json.Nodes;
using Majlis.recipes.starter.Rows;

namespace Majlis.recipes.starter.Scoring;

static class RecipeManifest
{
    static readonly JsonSerializerOptions indented = new(JsonLines.Options) { WriteIndented = true };

    /// <param name="work">The folder of all stages: NAME/result/manifest.json, recipes/NAME.*, scores/NAME.json.</param>
    /// <param name="chosen">The stage's result that became the model.</param>
    /// <param name="file">The new manifest.</param>
    public static void Write(string work, string chosen, string file)
    {
        var stages = Directory.EnumerateDirectories(work).Order(StringComparer.Ordinal)
            .Select(stage => (Name: Path.GetFileName(stage), Manifest: Path.Combine(stage, "result", "manifest.json")))
            .Where(stage => File.Exists(stage.Manifest));
        var manifest = new JsonObject
        {
            ["chosen"] = Path.GetRelativePath(work, chosen),
            ["stages"] = Named(stages, stage => stage.Name, stage => JsonNode.Parse(File.ReadAllText(stage.Manifest))),
            ["recipes"] = Named(Files(work, "recipes", "*"), Path.GetFileName, path => File.ReadAllText(path)),
            ["scores"] = Named(Files(work, "scores", "*.json"), Path.GetFileNameWithoutExtension,
                path => JsonSerializer.SerializeToNode(ScoreFile.Read(path).Scores, JsonLines.Options)),
        };
        // Where the folder lay says nothing to a reader.
        File.WriteAllText(file, manifest.ToJsonString(indented).Replace(work.TrimEnd('/') + "/", "", StringComparison.Ordinal) + "\n");
    }

    static JsonObject Named<T>(IEnumerable<T> all, Func<T, string?> name, Func<T, JsonNode?> value) =>
        new(all.Select(one => KeyValuePair.Create(name(one)!, value(one))));

    static IEnumerable<string> Files(string work, string folder, string pattern) =>
        Directory.EnumerateFiles(Path.Combine(work, folder), pattern).Order(StringComparer.Ordinal);
}
