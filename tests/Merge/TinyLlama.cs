// A llama of two layers on disk, eight wide, written field by field; and an adapter for it in peft's layout.
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Majlis.Model;
using Majlis.Model.Families;
using Majlis.Model.Weights;

namespace Majlis.tests.Merge;

static class TinyLlama
{
    public const int Width = 8;

    const string Plain = """
        {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "vocab_size": 8, "hidden_size": 8, "intermediate_size": 12,
        "num_hidden_layers": 2, "num_attention_heads": 2, "num_key_value_heads": 1, "max_position_embeddings": 64, "rms_norm_eps": 1e-05,
        "rope_theta": 10000.0, "hidden_act": "silu", "tie_word_embeddings": false, "torch_dtype": "float32"}
        """;

    /// <summary>
    /// The plain config with changed fields (null removes one), and the plain config's weights: the given ones, else zeros.
    /// </summary>
    public static string Write(string path, string?[]? changes = null, Func<string, float[]?>? weights = null)
    {
        Directory.CreateDirectory(path);
        File.WriteAllText(Path.Combine(path, "config.json"), Changed(Plain, changes ?? []), new UTF8Encoding(false));
        using var plain = JsonDocument.Parse(Plain);
        SafetensorsWriter.WriteFolder(path,
            Families.Read(plain.RootElement).Tensors().Select(tensor => new TensorInfo(tensor.Key, TensorType.F32, tensor.Value)),
            (tensor, output) => output.Write(weights?.Invoke(tensor.Name) ?? new float[tensor.Elements]));
        return path;
    }

    /// <summary>An adapter whose config is changed likewise, with these tensors: name after base_model.model., shape, values.</summary>
    public static string WriteAdapter(string path, string config, string?[] changes,
        params (string Name, long[] Shape, float[] Values)[] tensors)
    {
        Directory.CreateDirectory(path);
        File.WriteAllText(Path.Combine(path, "adapter_config.json"), Changed(config, changes), new UTF8Encoding(false));
        var values = tensors.ToDictionary(tensor => "base_model.model." + tensor.Name, tensor => tensor.Values);
        SafetensorsWriter.WriteFile(Path.Combine(path, "adapter_model.safetensors"),
            tensors.Select(tensor => new TensorInfo("base_model.model." + tensor.Name, TensorType.F32, [.. tensor.Shape])),
            (tensor, output) => output.Write(values[tensor.Name]));
        return path;
    }

    static string Changed(string json, string?[] changes)
    {
        var config = JsonNode.Parse(json)!.AsObject();
        for (var i = 0; i < changes.Length; i += 2)
        {
            config.Remove(changes[i]!);
            if (changes[i + 1] is { } value) config[changes[i]!] = JsonNode.Parse(value);
        }
        return config.ToJsonString();
    }
}
