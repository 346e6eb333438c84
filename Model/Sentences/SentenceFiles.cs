// Reads the files that sentence-transformers keeps beside an encoder: modules.json, the pooling's and the dense layers' configs, prompts,
// the longest text. A module or a pooling that is not known is refused, since leaving it out would change the vectors.
using System.Collections.Immutable;
using System.Text.Json;
using Majlis.Text;

namespace Majlis.Model.Sentences;

public static class SentenceFiles
{
    const string Modules = "modules.json";

    /// <summary>Longer texts would take more memory than a step should; it is OpenAI's limit, too.</summary>
    const int MostTokens = 8192;

    static readonly string[] lengthFiles =
    [
        "sentence_bert_config.json", "sentence_roberta_config.json", "sentence_distilbert_config.json", "sentence_camembert_config.json",
        "sentence_albert_config.json", "sentence_xlm-roberta_config.json", "sentence_xlnet_config.json",
    ];

    /// <summary>The folder of the network's own files: that of the first module, mostly the model's folder itself.</summary>
    public static string NetworkFolder(string path) =>
        Directory.Exists(path) && Read(path) is [var (_, first), ..] ? Path.Combine(path, first) : path;

    /// <summary>
    /// What the files in a model's folder say; without modules.json, or for a GGUF file: the mean of all states, at unit length.
    /// </summary>
    /// <exception cref="ModelFormatException">The message names the file and the field.</exception>
    public static SentenceConfig Read(string path, Blueprint blueprint)
    {
        var network = NetworkFolder(path);
        var plain = new SentenceConfig
        {
            Pooling = Pooling.Mean,
            MaxTokens = Longest(network, blueprint),
            Size = blueprint.HiddenSize,
        };
        if (Read(path) is not { } modules) return plain with { Steps = [new UnitLength()] };
        if (modules.Length < 2 || modules[0].Kind != "Transformer" || modules[1].Kind != "Pooling")
            throw new ModelFormatException($"{Path.Combine(path, Modules)}: a Transformer and a Pooling are expected first, "
                + $"there is {string.Join(", ", modules.Select(module => module.Kind))}.");
        var config = Prompts(path, Length(network, PoolingFile.Read(Path.Combine(path, modules[1].Folder), plain)));
        foreach (var (kind, folder) in modules[2..]) config = WithStep(config, kind, Path.Combine(path, folder));
        return config;
    }

    /// <summary>The longest text by the network's and the tokenizer's own limits.</summary>
    internal static int Longest(string folder, Blueprint blueprint) =>
        Math.Min(MostTokens, Math.Min(blueprint.MaxPositions, TokenizerLength(folder) ?? int.MaxValue));

    static SentenceConfig WithStep(SentenceConfig config, string kind, string folder)
    {
        if (kind == "Normalize") return config with { Steps = config.Steps.Add(new UnitLength()) };
        if (kind != "Dense")
            throw new ModelFormatException($"{folder}: a module of the kind {kind} is not known; known are Dense and Normalize.");
        var dense = new DenseLayer(folder, config.Size);
        return config with { Steps = config.Steps.Add(dense), Size = dense.Outputs };
    }

    static ImmutableArray<(string Kind, string Folder)>? Read(string path)
    {
        var file = Path.Combine(path, Modules);
        if (!File.Exists(file)) return null;
        using var json = ModelJson.Read(file);
        if (json.RootElement.ValueKind != JsonValueKind.Array) throw new ModelFormatException($"{file}: a list of modules is expected.");
        return [.. json.RootElement.EnumerateArray().Select(module =>
        {
            var fields = new SentenceFields(file, module);
            var folder = fields.Text("path") ?? "";
            if (Path.IsPathRooted(folder) || folder.Split('/', '\\').Contains(".."))
                throw fields.Wrong("path", "a folder beside this file");
            return (fields.Text("type")?.Split('.')[^1] ?? throw fields.Wrong("type", "a module's name"), folder);
        })];
    }

    static SentenceConfig Length(string folder, SentenceConfig config)
    {
        if (lengthFiles.Select(name => Path.Combine(folder, name)).FirstOrDefault(File.Exists) is not { } file) return config;
        using var json = ModelJson.Read(file);
        var fields = new SentenceFields(file, json.RootElement);
        return config with
        {
            MaxTokens = Math.Min(config.MaxTokens, fields.CountOrNull("max_seq_length") ?? int.MaxValue),
            LowersCase = fields.Flag("do_lower_case", absent: false),
        };
    }

    static SentenceConfig Prompts(string folder, SentenceConfig config)
    {
        var file = Path.Combine(folder, "config_sentence_transformers.json");
        if (!File.Exists(file)) return config;
        using var json = ModelJson.Read(file);
        var fields = new SentenceFields(file, json.RootElement);
        var prompts = ImmutableDictionary.CreateBuilder<string, string>();
        if (fields.Find("prompts") is { } given)
        {
            if (given.ValueKind != JsonValueKind.Object) throw fields.Wrong("prompts", "an object of texts");
            foreach (var prompt in given.EnumerateObject())
                prompts[prompt.Name] = prompt.Value.ValueKind == JsonValueKind.String ? prompt.Value.GetString()!
                    : throw fields.Wrong("prompts", "an object of texts");
        }
        var usual = fields.Text("default_prompt_name");
        if (usual is not null && !prompts.ContainsKey(usual)) throw fields.Wrong("default_prompt_name", "one of 'prompts'");
        return config with { Prompts = prompts.ToImmutable(), UsualPrompt = usual };
    }

    // Some tokenizers write a number far beyond any text for "no limit".
    static int? TokenizerLength(string folder)
    {
        var file = Path.Combine(folder, "tokenizer_config.json");
        if (!File.Exists(file)) return null;
        using var json = ModelJson.Read(file);
        return new SentenceFields(file, json.RootElement).Find("model_max_length") is { ValueKind: JsonValueKind.Number } length
            && length.TryGetInt32(out var most) && most > 0 ? most : null;
    }
}
