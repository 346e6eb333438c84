// The rotary part of a GGUF's keys, and its tables of factors, as `rope_parameters`. Knows no network.
using System.Text.Json.Nodes;
using Majlis.Text;

namespace Majlis.Model.Weights.Gguf;

static class GgufRotary
{
    public static void Write(JsonObject config, GgufParts parts, GgufKeys keys, GgufFamily family)
    {
        var parameters = new JsonObject
        {
            ["rope_theta"] = GgufConfig.Decimal(keys.Number("rope.freq_base") ?? 10000),
            ["rope_type"] = "default",
        };
        var headSize = (int)config["head_dim"]!;
        if (keys.Integer("rope.dimension_count") is { } rotated && rotated != headSize)
            parameters["partial_rotary_factor"] = (double)rotated / headSize;
        Scale(parameters, config, parts, keys);
        config["rope_parameters"] = family.ModelType != "gemma3_text" ? parameters : new JsonObject
        {
            ["full_attention"] = parameters,
            ["sliding_attention"] = new JsonObject
            {
                ["rope_theta"] = GgufConfig.Decimal(keys.Number("rope.freq_base_swa") ?? 10000),
                ["rope_type"] = "default",
            },
        };
    }

    static void Scale(JsonObject parameters, JsonObject config, GgufParts parts, GgufKeys keys)
    {
        var file = parts.First;
        var factor = keys.Number("rope.scaling.factor") ?? keys.Number("rope.scale_linear");
        var type = keys.Text("rope.scaling.type") ?? (factor is null or 1 ? "none" : "linear");
        var temperature = keys.Number("rope.scaling.attn_factor");
        if (parts.Has("rope_factors_long.weight")) type = "longrope";
        if (temperature is not (null or 1) && type is not ("yarn" or "longrope")) throw Unread(file, keys, temperature.Value);
        if (parts.Has("rope_freqs.weight"))
        {
            if (type != "none") throw new ModelFormatException($"{file.Path}: both rope_freqs.weight and rope scaling '{type}' are given.");
            Llama3RopeTable.Write(parameters, Table(parts, "rope_freqs.weight"), file.Path, (int)config["max_position_embeddings"]!);
            return;
        }
        if (type == "none") return;
        parameters["rope_type"] = type;
        if (keys.Integer("rope.scaling.original_context_length") is { } original) parameters["original_max_position_embeddings"] = original;
        switch (type)
        {
            case "linear":
                parameters["factor"] = GgufConfig.Decimal(factor ?? throw Missing(file, keys));
                parameters.Remove("original_max_position_embeddings");
                break;
            case "yarn":
                parameters["factor"] = GgufConfig.Decimal(factor ?? throw Missing(file, keys));
                Copy(parameters, "beta_fast", keys.Number("rope.scaling.yarn_beta_fast"));
                Copy(parameters, "beta_slow", keys.Number("rope.scaling.yarn_beta_slow"));
                var given = keys.Number("rope.scaling.yarn_attn_factor");
                // llama.cpp multiplies what YaRN's factor gives by the file's own.
                if (temperature is not (null or 1)) given = (given ?? new YarnScaling(factor.Value, 1).AttentionFactor) * temperature;
                Copy(parameters, "attention_factor", given);
                break;
            case "longrope":
                parameters["long_factor"] = Numbers(Table(parts, "rope_factors_long.weight"));
                parameters["short_factor"] = Numbers(Table(parts, "rope_factors_short.weight"));
                Copy(parameters, "attention_factor", temperature);
                break;
            default:
                throw new ModelFormatException($"{file.Path}: key '{keys.Name("rope.scaling.type")}' is '{type}', which is not " +
                $"known.");
        }
    }

    static ModelFormatException Missing(GgufFile file, GgufKeys keys) =>
        new($"{file.Path}: key '{keys.Name("rope.scaling.factor")}' is missing.");

    static ModelFormatException Unread(GgufFile file, GgufKeys keys, double temperature) =>
        new($"{file.Path}: key '{keys.Name("rope.scaling.attn_factor")}' is {GgufConfig.Decimal(temperature)}; it is known beside the " +
            "scalings yarn and longrope only.");

    static void Copy(JsonObject parameters, string field, double? value)
    {
        if (value is not null) parameters[field] = GgufConfig.Decimal(value.Value);
    }

    static JsonArray Numbers(float[] values) => [.. values.Select(value => GgufConfig.Decimal(value))];

    static float[] Table(GgufParts parts, string name)
    {
        var (file, tensor) = parts.Find(name) ?? throw new ModelFormatException($"{parts.First.Path}: there is no tensor '{name}'.");
        if (tensor.Info.Elements > 1 << 16)
            throw new ModelFormatException($"{file.Path}: tensor '{name}' has {tensor.Info.Elements} elements, more than any head.");
        var table = new float[tensor.Info.Elements];
        file.Widen(tensor, 0, table);
        return table;
    }
}
