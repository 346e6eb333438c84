// The config.json of a result: the donor's, with the result's own depth, kinds of layers, vocabulary, head and type. Knows no numbers.
using System.Text.Json;
using System.Text.Json.Nodes;
using Majlis.Model;
using Majlis.Model.Families;

namespace Majlis.Merge;

public static class ResultConfig
{
    public static JsonObject Of(MergePlan plan)
    {
        var config = JsonNode.Parse(plan.DonorConfig.GetRawText())!.AsObject();
        if (config.ContainsKey("num_hidden_layers")) config["num_hidden_layers"] = plan.Layers;
        if (plan.LayerKinds is { } kinds && (config.ContainsKey("layer_types") || !Means(config, kinds)))
            config["layer_types"] = new JsonArray([.. kinds.Select(kind => (JsonNode)kind)]);
        if (plan.Vocabulary is { } vocabulary) config["vocab_size"] = vocabulary.Rows;
        if (plan.IsUntied) config["tie_word_embeddings"] = false;
        config.Remove("torch_dtype");
        config["dtype"] = plan.OutputType switch
        {
            TensorType.F64 => "float64",
            TensorType.F32 => "float32",
            TensorType.F16 => "float16",
            _ => "bfloat16",
        };
        return config;
    }

    /// <summary>Whether a config's rule for sliding layers gives these kinds also after layers were stacked.</summary>
    static bool Means(JsonObject config, IReadOnlyList<string> kinds)
    {
        using var document = JsonDocument.Parse(config.ToJsonString());
        return Families.Read(document.RootElement).Layers.Select(layer => layer.Attention.Window is not null)
            .SequenceEqual(kinds.Select(kind => kind == "sliding_attention"));
    }
}
