// The files beside the weights: their names, and how they get into a new folder, copied or made from a GGUF's keys.
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Majlis.Model.Weights.Gguf;
using Majlis.Text;
using Majlis.Text.Chat;

namespace Majlis.Model;

public static class CheckpointFiles
{
    public const string Config = "config.json";
    public const string GenerationConfig = "generation_config.json";
    public const string Tokenizer = "tokenizer.json";
    public const string SentencePiece = "tokenizer.model";

    static readonly string[] copied =
    [
        Config, GenerationConfig, Tokenizer, SentencePiece, TemplateFiles.TokenizerConfig, TemplateFiles.SpecialTokensMap,
        "added_tokens.json", "vocab.json", "merges.txt", "vocab.txt", TemplateFiles.Template, TemplateFiles.OldTemplate,
    ];

    static readonly JsonSerializerOptions readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>
    /// Makes <paramref name="folder"/> a Hugging Face folder without weights: config, generation defaults, tokenizer and chat template.
    /// </summary>
    /// <exception cref="ModelFormatException">A GGUF's vocabulary cannot be written as a tokenizer.json.</exception>
    public static void WriteConfigAndTokenizer(Checkpoint checkpoint, string folder)
    {
        Directory.CreateDirectory(folder);
        if (checkpoint.Gguf is { } gguf) WriteGguf(checkpoint, gguf, folder);
        else Copy(checkpoint.Path, folder);
    }

    /// <summary>
    /// Copies the files beside the weights of a Hugging Face folder: config, generation defaults, tokenizer, chat template.
    /// </summary>
    public static void Copy(string from, string to)
    {
        foreach (var name in copied.Where(name => File.Exists(Path.Combine(from, name))))
            File.Copy(Path.Combine(from, name), Path.Combine(to, name), overwrite: true);
        var more = Path.Combine(from, TemplateFiles.MoreTemplates);
        if (!Directory.Exists(more)) return;
        Directory.CreateDirectory(Path.Combine(to, TemplateFiles.MoreTemplates));
        foreach (var path in Directory.EnumerateFiles(more))
            File.Copy(path, Path.Combine(to, TemplateFiles.MoreTemplates, Path.GetFileName(path)), overwrite: true);
    }

    static void WriteGguf(Checkpoint checkpoint, GgufFile gguf, string folder)
    {
        Write(Path.Combine(folder, Config), JsonNode.Parse(checkpoint.Config.GetRawText())!);
        Write(Path.Combine(folder, GenerationConfig), checkpoint.Generation.ToJson());
        if (checkpoint.Tokenizer is not { } tokenizer) return;
        File.WriteAllText(Path.Combine(folder, Tokenizer), tokenizer.ToJson());
        Write(Path.Combine(folder, TemplateFiles.TokenizerConfig), TokenizerConfig(gguf));
    }

    static JsonObject TokenizerConfig(GgufFile gguf)
    {
        var tokens = GgufTemplates.SpecialTokens(gguf);
        var config = new JsonObject { ["tokenizer_class"] = "PreTrainedTokenizerFast", ["clean_up_tokenization_spaces"] = false };
        foreach (var (name, text) in tokens.Named) config[name] = text;
        var templates = GgufTemplates.Sources(gguf);
        if (templates.Count == 1 && templates.TryGetValue("default", out var only)) config["chat_template"] = only;
        else if (templates.Count > 0)
            config["chat_template"] =
                new JsonArray([.. templates.Select(named => new JsonObject { ["name"] = named.Key, ["template"] = named.Value })]);
        return config;
    }

    static void Write(string path, JsonNode json) => File.WriteAllText(path, json.ToJsonString(readable) + "\n");
}
