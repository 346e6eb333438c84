// Folders in bf16 of any size and family, for measurements in which the numbers do not matter.
using System.Text.Json.Nodes;
using Majlis.Model;
using Majlis.Model.Families;
using Majlis.Model.Weights;
using Majlis.Text;

namespace Majlis.benchmarks;

static class GeneratedModel
{
    /// <summary>Writes a Llama whose tensors repeat <paramref name="values"/>; gives its path.</summary>
    public static string Write(string folder, int hidden, int inner, int layers, int vocabulary, float[] values) => Write(folder, new()
    {
        ["model_type"] = "llama",
        ["hidden_size"] = hidden,
        ["intermediate_size"] = inner,
        ["num_hidden_layers"] = layers,
        ["vocab_size"] = vocabulary,
        ["num_attention_heads"] = hidden / 64,
        ["num_key_value_heads"] = Math.Max(1, hidden / 512),
        ["head_dim"] = 64,
        ["max_position_embeddings"] = 4096,
        ["rms_norm_eps"] = 1e-5,
        ["tie_word_embeddings"] = false,
    }, values);

    /// <summary>Writes a folder with this config.json.</summary>
    public static string Write(string folder, JsonObject config, float[] values)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, CheckpointFiles.Config), config.ToJsonString());
        using var document = ModelJson.Read(Path.Combine(folder, CheckpointFiles.Config));
        var tensors = Families.Read(document.RootElement).Tensors()
            .Select(tensor => new TensorInfo(tensor.Key, TensorType.BF16, tensor.Value));
        SafetensorsWriter.WriteFolder(folder, tensors, (tensor, output) =>
        {
            for (var left = tensor.Elements; left > 0; left -= values.Length)
                output.Write(values.AsSpan(0, (int)Math.Min(left, values.Length)));
        }, shardBytes: 500_000_000);
        return folder;
    }
}
