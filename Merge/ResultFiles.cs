// The files beside a merge's weights: config, tokenizer, chat template, the recipe as mergekit leaves it, and the merge's record.
// Knows no tensors' contents.
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Majlis.Merge.Vocabularies;
using Majlis.Model;
using Majlis.Text;
using Majlis.Text.Chat;

namespace Majlis.Merge;

static class ResultFiles
{
    const string Recipe = "mergekit_config.yml";
    public const string Record = "merge.json";

    static readonly JsonSerializerOptions readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Other forms of a vocabulary, which do not know the tokens that were joined.</summary>
    static readonly string[] older = [CheckpointFiles.SentencePiece, "added_tokens.json", "vocab.json", "merges.txt", "vocab.txt"];

    /// <summary>Reads what is changed when the result is written, so that what is damaged is told before anything is computed.</summary>
    /// <exception cref="ModelFormatException">The tokenizer's config is no JSON, or holds a name twice.</exception>
    public static void Check(MergePlan plan)
    {
        var config = Path.Combine(plan.TokenizerFolder, TemplateFiles.TokenizerConfig);
        if (File.Exists(config)) ModelJson.Read(config).Dispose();
    }

    public static void Write(MergePlan plan, MergeReport report, string folder)
    {
        CopyTokenizer(plan.TokenizerFolder, folder);
        var generation = Path.Combine(plan.DonorFolder, CheckpointFiles.GenerationConfig);
        if (File.Exists(generation)) File.Copy(generation, Path.Combine(folder, CheckpointFiles.GenerationConfig), overwrite: true);
        Write(Path.Combine(folder, CheckpointFiles.Config), ResultConfig.Of(plan));
        if (plan.Vocabulary is { Added.Count: > 0 } vocabulary) WriteTokenizer(vocabulary, folder);
        if (ChatTemplate(plan) is { } template) WriteTemplate(template, folder);
        File.WriteAllText(Path.Combine(folder, Recipe), plan.Recipe.Source);
        Write(Path.Combine(folder, Record), new JsonObject
        {
            ["recipe"] = report.Recipe,
            ["seed"] = report.Seed,
            ["warnings"] = new JsonArray([.. report.Warnings.Select(warning => (JsonNode)warning)]),
            ["sha256"] = new JsonObject(report.TensorHashes.Select(tensor => KeyValuePair.Create(tensor.Key, (JsonNode?)tensor.Value))),
        });
    }

    static void CopyTokenizer(string from, string folder)
    {
        if (Directory.Exists(from)) CheckpointFiles.Copy(from, folder);
        if (!File.Exists(from)) return;
        using var gguf = Checkpoint.Open(from);
        CheckpointFiles.WriteConfigAndTokenizer(gguf, folder);
    }

    /// <summary>The template that the recipe asks for; null: what was copied stays.</summary>
    static string? ChatTemplate(MergePlan plan) => plan.Recipe.ChatTemplate is not "auto" ? plan.Recipe.ChatTemplate
        : plan.Inputs.Where(input => Directory.Exists(input.Folder)).Select(input => TemplateFiles.Source(input.Folder)).OfType<string>()
            .GroupBy(template => template).OrderByDescending(group => group.Count()).FirstOrDefault()?.Key;

    static void WriteTemplate(string template, string folder)
    {
        File.WriteAllText(Path.Combine(folder, TemplateFiles.Template), template);
        File.Delete(Path.Combine(folder, TemplateFiles.OldTemplate));
        var more = Path.Combine(folder, TemplateFiles.MoreTemplates);
        if (Directory.Exists(more)) Directory.Delete(more, recursive: true);
        var path = Path.Combine(folder, TemplateFiles.TokenizerConfig);
        if (File.Exists(path) && JsonNode.Parse(File.ReadAllBytes(path)) is JsonObject config && config.Remove("chat_template"))
            Write(path, config);
    }

    static void WriteTokenizer(JoinedVocabulary vocabulary, string folder)
    {
        Write(Path.Combine(folder, CheckpointFiles.Tokenizer), vocabulary.Tokenizer);
        foreach (var name in older) File.Delete(Path.Combine(folder, name));
        var path = Path.Combine(folder, TemplateFiles.TokenizerConfig);
        if (!File.Exists(path) || JsonNode.Parse(File.ReadAllBytes(path)) is not JsonObject config
            || config["added_tokens_decoder"] is not JsonObject decoder) return;
        foreach (var entry in vocabulary.Added)
        {
            var added = entry.DeepClone().AsObject();
            var id = added["id"]!.ToJsonString();
            added.Remove("id");
            decoder[id] = added;
        }
        Write(path, config);
    }

    static void Write(string path, JsonNode json) => File.WriteAllText(path, json.ToJsonString(readable) + "\n");
}
