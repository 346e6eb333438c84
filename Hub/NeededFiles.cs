// Chooses the files a model needs from a repository: config, tokenizer, template and one form of weights. Names only.
namespace Majlis.Hub;

static class NeededFiles
{
    const string Index = "model.safetensors.index.json";

    static readonly string[] small =
    [
        "config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json", "tokenizer.model", "special_tokens_map.json",
        "added_tokens.json", "vocab.json", "merges.txt", "vocab.txt", "spiece.model", "chat_template.jinja", "chat_template.json",
        "sentence_bert_config.json", "sentence_roberta_config.json", "sentence_xlm-roberta_config.json", "modules.json",
        "config_sentence_transformers.json",
    ];

    /// <summary>
    /// Safetensors if there are any, else one GGUF. Takes every shard named in the index's pattern; the index is checked on opening.
    /// </summary>
    /// <exception cref="HubException">No readable weights, or several GGUF files and no quantisation named.</exception>
    public static IReadOnlyList<HubFile> Choose(HubRepository repository, HubName name)
    {
        var files = repository.Files;
        var ggufs = files.Where(file => file.Path.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase)).ToArray();
        if (name.Quantisation is not null) return Gguf(ggufs, name);
        var beside = files
            .Where(file => small.Contains(file.Path) || file.Path.StartsWith("additional_chat_templates/", StringComparison.Ordinal)
                || IsModule(file.Path));
        if (files.FirstOrDefault(file => file.Path == "model.safetensors") is { } single) return [.. beside, single];
        if (files.FirstOrDefault(file => file.Path == Index) is { } index) return [.. beside, index, .. files.Where(IsShard)];
        if (ggufs.Length > 0) return Gguf(ggufs, name);
        var what = files.Any(file => file.Path.EndsWith(".bin", StringComparison.Ordinal))
            ? "only pickled weights (.bin), which are not read here"
            : files.Any(file => file.Path == "adapter_model.safetensors") ? "only an adapter; name its base model" : "no weights";
        throw new HubException($"{name}: the repository holds {what}; expected model.safetensors, {Index} or a .gguf file.");
    }

    /// <summary>A model's GGUF file, of the named quantisation if there is one; an image model's projector is not one.</summary>
    public static bool IsGguf(string path, HubName name) => Path.GetFileName(path) is var file
        && file.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase) && !file.StartsWith("mmproj", StringComparison.OrdinalIgnoreCase)
        && (name.Quantisation is null || file.Contains(name.Quantisation, StringComparison.OrdinalIgnoreCase));

    /// <summary>The parts of one split model differ only in their numbers; other differences mean several models.</summary>
    /// <exception cref="HubException">Several models; names them.</exception>
    public static void CheckIsOne(IReadOnlyCollection<string> ggufs, HubName name)
    {
        if (ggufs.Select(Stem).Distinct(StringComparer.Ordinal).Count() > 1)
            throw new HubException($"{name}: several GGUF files fit; say which by a part of its name, as in {name.Repository}:Q4_K_M. " +
                $"There are {string.Join(", ", ggufs.Order(StringComparer.Ordinal))}.");
    }

    static HubFile[] Gguf(HubFile[] ggufs, HubName name)
    {
        var wanted = ggufs.Where(file => IsGguf(file.Path, name)).ToArray();
        if (wanted.Length == 0)
            throw new HubException($"{name}: no GGUF file is named so; there are " +
                $"{string.Join(", ", ggufs.Select(file => file.Path).Order(StringComparer.Ordinal))}.");
        CheckIsOne([.. wanted.Select(file => file.Path)], name);
        return wanted;
    }

    // Of sentence-transformers: 1_Pooling/config.json, 2_Dense/model.safetensors.
    static bool IsModule(string path) =>
        System.Text.RegularExpressions.Regex.IsMatch(path, @"^\d_[A-Za-z]+/(config\.json|model\.safetensors)$");

    static string Stem(string path) => System.Text.RegularExpressions.Regex.Replace(path, @"-\d{5}-of-(\d{5})\.gguf$", "-$1");

    static bool IsShard(HubFile file) => System.Text.RegularExpressions.Regex.IsMatch(file.Path, @"^model-\d{5}-of-\d{5}\.safetensors$");
}
