// Writes an adapter in peft's layout: factors of modules, and whole tensors. Knows nothing of where they come from.
using System.Text.Json.Nodes;
using Majlis.Model;
using Majlis.Model.Adapters;
using Majlis.Model.Weights;

namespace Majlis.Merge.Adapters;

static class AdapterWriter
{
    /// <param name="folder">Where the two files go.</param>
    /// <param name="origin">The name of the model that is adapted.</param>
    /// <param name="tuned">The model that whole tensors are read from.</param>
    /// <param name="rank">Rank and alpha of modules that are large enough for it, so that their scale is 1.</param>
    /// <param name="parts">The modules.</param>
    /// <param name="saved">Tensors kept as a whole.</param>
    public static void Write(string folder, string origin, MergeInput tuned, int rank, IReadOnlyList<ExtractedFactors> parts,
        IReadOnlyList<string> saved)
    {
        var tensors = new Dictionary<TensorInfo, Func<float[]>>();
        foreach (var (part, a, b) in parts)
        {
            var name = AdapterFile.Prefix + part.Module;
            tensors.Add(new($"{name}.lora_A.weight", TensorType.F32, [part.Rank, a.Length / part.Rank]), () => a);
            tensors.Add(new($"{name}.lora_B.weight", TensorType.F32, [b.Length / part.Rank, part.Rank]), () => b);
        }
        foreach (var name in saved)
            tensors.Add(tuned.Tensors[name] with { Name = AdapterFile.Prefix + name, Type = TensorType.F32 }, () => Values(tuned, name));
        SafetensorsWriter.WriteFile(Path.Combine(folder, AdapterFile.FileName), tensors.Keys,
            (tensor, output) => output.Write(tensors[tensor]()));
        var config = Config(origin, rank, [.. parts.Select(part => part.Part)], saved);
        File.WriteAllText(Path.Combine(folder, AdapterConfig.FileName), config.ToString());
    }

    static float[] Values(MergeInput input, string name)
    {
        var values = new double[input.Tensors[name].Elements];
        input.Read(name, 0, values);
        return Array.ConvertAll(values, value => (float)value);
    }

    /// <summary>Modules by their whole names: a short one would also mean those that did not change.</summary>
    static JsonObject Config(string origin, int rank, ExtractedPart[] parts, IReadOnlyList<string> saved) => new()
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
        ["modules_to_save"] = saved.Count == 0 ? null : Names(saved.Select(tensor => tensor[..tensor.LastIndexOf('.')]).Distinct()),
    };

    static JsonArray Names(IEnumerable<string> names) => new([.. names.Select(name => (JsonNode)name)]);

    /// <summary>Modules whose smaller side is below the rank.</summary>
    static JsonObject Smaller(IEnumerable<ExtractedPart> parts, int rank) =>
        new(parts.Where(part => part.Rank != rank).Select(part => KeyValuePair.Create(part.Module, (JsonNode?)part.Rank)));
}
