// Writes an adapter in peft's layout: factors of modules, and whole tensors. Knows nothing of where they come from.
using System.Text.Json.Nodes;
using Majlis.Model;
using Majlis.Model.Adapters;
using Majlis.Model.Weights;

namespace Majlis.Merge.Adapters;

/// <summary>A module's factors, A [rank, columns] and B [rows, rank].</summary>
sealed record AdapterFactorPair(string Module, int Rank, float[] A, float[] B);

static class AdapterWriter
{
    /// <param name="folder">Where the two files go.</param>
    /// <param name="origin">The name of the model that is adapted.</param>
    /// <param name="rank">Rank and alpha of modules that are large enough for it, so that their scale is 1.</param>
    /// <param name="parts">The modules.</param>
    /// <param name="saved">Tensors kept as a whole.</param>
    public static void Write(string folder, string origin, int rank, IReadOnlyList<AdapterFactorPair> parts,
        IReadOnlyList<(TensorInfo Tensor, Func<float[]> Values)> saved)
    {
        var tensors = new Dictionary<TensorInfo, Func<float[]>>();
        foreach (var (module, own, a, b) in parts)
        {
            var name = AdapterFile.Prefix + module;
            tensors.Add(new($"{name}.lora_A.weight", TensorType.F32, [own, a.Length / own]), () => a);
            tensors.Add(new($"{name}.lora_B.weight", TensorType.F32, [b.Length / own, own]), () => b);
        }
        foreach (var (tensor, values) in saved)
            tensors.Add(tensor with { Name = AdapterFile.Prefix + tensor.Name, Type = TensorType.F32 }, values);
        SafetensorsWriter.WriteFile(Path.Combine(folder, AdapterFile.FileName), tensors.Keys,
            (tensor, output) => output.Write(tensors[tensor]()));
        var config = Config(origin, rank, parts, [.. saved.Select(each => each.Tensor)]);
        File.WriteAllText(Path.Combine(folder, AdapterConfig.FileName), config.ToString());
    }

    /// <summary>Modules by their whole names: a short one would also mean those that did not change.</summary>
    static JsonObject Config(string origin, int rank, IReadOnlyList<AdapterFactorPair> parts, IReadOnlyList<TensorInfo> saved) => new()
    {
        ["peft_type"] = "LORA",
        ["task_type"] = "CAUSAL_LM",
        ["base_model_name_or_path"] = origin,
        ["r"] = rank,
        ["lora_alpha"] = rank,
        ["bias"] = "none",
        ["target_modules"] = Names(parts.Select(part => part.Module)),
        ["rank_pattern"] = Smaller(parts, rank),
        ["alpha_pattern"] = Smaller(parts, rank),
        ["modules_to_save"] = saved.Count == 0 ? null : Names(saved.Select(ModuleOf).Distinct()),
    };

    /// <summary>The module whose weight or bias a tensor is.</summary>
    public static string ModuleOf(TensorInfo tensor) => tensor.Name[..tensor.Name.LastIndexOf('.')];

    static JsonArray Names(IEnumerable<string> names) => new([.. names.Select(name => (JsonNode)name)]);

    /// <summary>Modules whose smaller side is below the rank.</summary>
    static JsonObject Smaller(IEnumerable<AdapterFactorPair> parts, int rank) =>
        new(parts.Where(part => part.Rank != rank).Select(part => KeyValuePair.Create(part.Module, (JsonNode?)part.Rank)));
}
