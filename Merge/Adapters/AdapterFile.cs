// The tensors of an adapter_model.safetensors, sorted by use: the parts of each adapted module, and tensors trained as a whole.
// Knows peft's names; nothing of shapes or arithmetic.
using Majlis.Model;
using Majlis.Model.Adapters;

namespace Majlis.Merge.Adapters;

/// <summary>The names of one module's tensors in the file; those of an embedding are transposed.</summary>
sealed record AdapterModule(string Name)
{
    public string? A { get; set; }
    public string? B { get; set; }
    public string? Magnitude { get; set; }
    public bool IsEmbedding { get; set; }
}

sealed class AdapterFile
{
    public const string FileName = "adapter_model.safetensors";

    public const string Prefix = "base_model.model.";

    readonly SortedDictionary<string, AdapterModule> modules = new(StringComparer.Ordinal);
    readonly SortedDictionary<string, string> whole = new(StringComparer.Ordinal);

    /// <exception cref="MergeRecipeException">A tensor is none of peft's, or the config does not ask for it.</exception>
    public AdapterFile(string path, AdapterConfig config, IEnumerable<string> tensors)
    {
        foreach (var name in tensors)
        {
            if (!name.StartsWith(Prefix, StringComparison.Ordinal))
                throw new MergeRecipeException($"{path}: {name} does not begin with {Prefix}, as peft's tensors do");
            if (!IsPart(name) && !IsWhole(config, name))
                throw new MergeRecipeException($"{path}: {name} is neither lora_A nor lora_B of a module, nor does " +
                    $"{AdapterConfig.FileName} name it in modules_to_save or bias");
        }
    }

    public IReadOnlyDictionary<string, AdapterModule> Modules => modules;

    /// <summary>Tensors trained as a whole: the model's name to the file's name.</summary>
    public IReadOnlyDictionary<string, string> Whole => whole;

    bool IsPart(string name)
    {
        if (Module(name, ".lora_A.weight") is { } a) a.A = name;
        else if (Module(name, ".lora_B.weight") is { } b) b.B = name;
        else if (Module(name, ".lora_embedding_A") is { } rows) (rows.A, rows.IsEmbedding) = (name, true);
        else if (Module(name, ".lora_embedding_B") is { } columns) (columns.B, columns.IsEmbedding) = (name, true);
        else if (Module(name, ".lora_magnitude_vector") is { } vector) vector.Magnitude = name;
        else if (Module(name, ".lora_magnitude_vector.weight") is { } weight) weight.Magnitude = name;
        else return false;
        return true;
    }

    AdapterModule? Module(string name, string suffix)
    {
        if (!name.EndsWith(suffix, StringComparison.Ordinal)) return null;
        var module = name[Prefix.Length..^suffix.Length];
        return modules.TryGetValue(module, out var found) ? found : modules[module] = new AdapterModule(module);
    }

    /// <summary>
    /// Modules to save, biases, and embeddings, which peft also saves where their table was resized or adapted.
    /// </summary>
    bool IsWhole(AdapterConfig config, string name)
    {
        var tensor = name[Prefix.Length..].Replace(".base_layer.", ".", StringComparison.Ordinal);
        var module = tensor[..Math.Max(0, tensor.LastIndexOf('.'))];
        if (config.LeftOutBy(module) != "modules_to_save" && !(config.Bias != "none" && tensor.EndsWith(".bias", StringComparison.Ordinal))
            && module.Split('.')[^1] is not ("embed_tokens" or "lm_head")) return false;
        whole[tensor] = name;
        return true;
    }
}
