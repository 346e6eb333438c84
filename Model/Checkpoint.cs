// One model on disk in any container: a Hugging Face folder or a GGUF file, memory-mapped.
// Knows nothing of backends, devices or requests.
using System.Text.Json;
using Majlis.Model.Hashes;
using Majlis.Model.Weights;
using Majlis.Model.Weights.Gguf;
using Majlis.Text;
using Majlis.Text.Chat;
using Majlis.Text.Tokenizers;

namespace Majlis.Model;

/// <summary>
/// An opened model. Opening reads headers only; the tokenizer, the template and the hash are computed on first use. Safe for
/// concurrent readers until disposed.
/// </summary>
public sealed class Checkpoint : IDisposable
{
    readonly GgufFile? gguf;
    readonly string[] weightFiles;
    readonly Lazy<GenerationDefaults> generation;
    readonly Lazy<TextTokenizer?> tokenizer;
    readonly Lazy<ChatTemplate?> template;
    readonly Lazy<string> weightsHash;

    Checkpoint(string path, JsonElement config, IWeightSource weights, IEnumerable<string> files, GgufFile? gguf)
    {
        Path = path;
        Config = config;
        Weights = weights;
        this.gguf = gguf;
        weightFiles = [.. files];
        Blueprint = ReadBlueprint(path, config, weights);
        generation = new(() =>
            gguf is null ? GenerationDefaults.Read(path, config, Blueprint.VocabularySize)
                .WithEnd(TemplateFiles.SpecialTokens(path).Eos, Tokenizer, Blueprint.VocabularySize)
            : GenerationDefaults.Read(gguf, Blueprint.VocabularySize));
        tokenizer = new(() => gguf is null ? ReadTokenizer(path) : ReadTokenizer(gguf));
        template = new(() => gguf is null ? TemplateFiles.Read(path) : GgufTemplates.Read(gguf));
        weightsHash = new(() => FileHash.OfAll(weightFiles));
    }

    /// <summary>The folder, or the GGUF file.</summary>
    public string Path { get; }

    /// <summary>config.json, or its equivalent for a GGUF file.</summary>
    public JsonElement Config { get; }

    public IWeightSource Weights { get; }

    public Blueprint Blueprint { get; }

    public GenerationDefaults Generation => generation.Value;

    /// <summary>Null if the model has none (a network that takes token ids).</summary>
    /// <exception cref="ModelFormatException">The tokenizer is broken or of an unknown kind.</exception>
    public TextTokenizer? Tokenizer => tokenizer.Value;

    /// <summary>Null if the model has none.</summary>
    /// <exception cref="ModelFormatException">The template cannot be parsed.</exception>
    public ChatTemplate? ChatTemplate => template.Value;

    /// <summary>sha256 over the weight files' bytes, in the order of their names, as lower-case hex.</summary>
    public string WeightsHash => weightsHash.Value;

    /// <summary>The GGUF file behind this checkpoint, for its keys; null for a folder.</summary>
    internal GgufFile? Gguf => gguf;

    /// <summary>Opens a folder (config.json and safetensors), a .gguf file, or a folder that holds only one GGUF model.</summary>
    /// <exception cref="ModelFormatException">Missing, truncated, of an unknown architecture, or weights that do not fit the
    /// config.</exception>
    public static Checkpoint Open(string path)
    {
        if (Directory.Exists(path)) return OpenFolder(path);
        if (!File.Exists(path)) throw new ModelFormatException($"{path}: there is no such model file or folder.");
        if (path.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase)) return OpenGguf(path, path);
        throw new ModelFormatException($"{path}: expected a .gguf file, or a folder with {CheckpointFiles.Config} and " +
            $"{SafetensorsFolder.SingleName}.");
    }

    public void Dispose() => Weights.Dispose();

    static Checkpoint OpenFolder(string folder)
    {
        var configPath = System.IO.Path.Combine(folder, CheckpointFiles.Config);
        if (!File.Exists(configPath)) return OpenGguf(folder, OnlyGguf(folder));
        using var config = ModelJson.Read(configPath);
        var weights = SafetensorsFolder.Open(folder);
        return DisposeOnFailure(weights, () => new Checkpoint(folder, config.RootElement.Clone(), weights, weights.Files, gguf: null));
    }

    static Checkpoint OpenGguf(string path, string file)
    {
        var weights = GgufWeights.Open(file);
        return DisposeOnFailure(weights, () => new Checkpoint(path, GgufConfig.Read(weights.Parts), weights, weights.Files, weights.File));
    }

    static string OnlyGguf(string folder)
    {
        var files = Directory.GetFiles(folder, "*.gguf").Where(file => !GgufSplit.IsLaterPart(file)).ToArray();
        return files switch
        {
            [var file] => file,
            [] => throw new ModelFormatException($"{folder}: expected {CheckpointFiles.Config} and {SafetensorsFolder.SingleName} in " +
                $"it, or one .gguf file."),
            _ => throw new ModelFormatException($"{folder}: holds {files.Length} GGUF models; name one of them."),
        };
    }

    static Checkpoint DisposeOnFailure(IWeightSource weights, Func<Checkpoint> make)
    {
        try
        {
            return make();
        }
        catch
        {
            weights.Dispose();
            throw;
        }
    }

    static TextTokenizer? ReadTokenizer(string folder)
    {
        var json = System.IO.Path.Combine(folder, CheckpointFiles.Tokenizer);
        if (File.Exists(json)) return TextTokenizer.FromJson(json);
        var model = System.IO.Path.Combine(folder, CheckpointFiles.SentencePiece);
        return File.Exists(model) ? TextTokenizer.FromSentencePiece(model) : null;
    }

    static TextTokenizer? ReadTokenizer(GgufFile file) =>
        file.Has("tokenizer.ggml.model") ? new TextTokenizer(GgufVocabulary.Read(file)) : null;

    static Blueprint ReadBlueprint(string path, JsonElement config, IWeightSource weights)
    {
        try
        {
            var blueprint = Families.Families.Read(config);
            blueprint.Check(weights);
            return blueprint;
        }
        catch (ModelFormatException error)
        {
            throw new ModelFormatException($"{path}: {error.Message}", error);
        }
    }
}
