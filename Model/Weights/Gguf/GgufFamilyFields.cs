// Config fields that only some families have. Values that llama.cpp's graphs hard-code are numbers here, each with its reason.
using System.Text.Json.Nodes;
using Majlis.Text;

namespace Majlis.Model.Weights.Gguf;

static class GgufFamilyFields
{
    public static void Write(JsonObject config, GgufParts parts, GgufKeys keys, GgufFamily family)
    {
        var file = parts.First;
        if (family.ModelType is "cohere" or "cohere2")
            config["layer_norm_eps"] = GgufConfig.Decimal(keys.NeededNumber("attention.layer_norm_epsilon"));
        else config["rms_norm_eps"] = GgufConfig.Decimal(keys.NeededNumber("attention.layer_norm_rms_epsilon"));
        if (family.ModelType is not ("phi3" or "qwen2")) config["attention_bias"] = parts.Has("blk.0.attn_q.bias");
        switch (family.ModelType)
        {
            case "llama": Llama(config, parts, keys); break;
            case "cohere": Cohere(config, parts, keys); break;
            case "cohere2": Cohere2(config, file, keys); break;
            case "qwen2" or "qwen3": config["use_sliding_window"] = false; break;
            case "gemma2": Gemma2(config, file, keys); break;
            case "gemma3_text": Gemma3(config, file, keys); break;
            case "olmo2": NoWindow(file, keys, "olmo2 (with windows it is OLMo 3)"); break;
            case "phi3": Window(config, keys.Integer("attention.sliding_window")); break;
            case "smollm3":
                config["mlp_bias"] = parts.Has("blk.0.ffn_up.bias");
                config["no_rope_layer_interval"] = 4; // llama.cpp's graph: every fourth layer has no positions.
                config["use_sliding_window"] = false;
                break;
        }
    }

    static void Llama(JsonObject config, GgufParts parts, GgufKeys keys)
    {
        config["mlp_bias"] = parts.Has("blk.0.ffn_up.bias");
        if (keys.Integer("expert_count") is > 0)
            throw new ModelFormatException($"{parts.First.Path}: a mixture-of-experts llama (Mixtral) is not supported.");
        NoWindow(parts.First, keys, "llama");
    }

    static void NoWindow(GgufFile file, GgufKeys keys, string family)
    {
        if (keys.Integer("attention.sliding_window") is > 0)
            throw new ModelFormatException($"{file.Path}: key '{keys.Name("attention.sliding_window")}' is not known for {family}.");
    }

    static void Cohere(JsonObject config, GgufParts parts, GgufKeys keys)
    {
        config["logit_scale"] = GgufConfig.Decimal(keys.NeededNumber("logit_scale"));
        config["use_qk_norm"] = parts.Has("blk.0.attn_q_norm.weight");
    }

    static void Cohere2(JsonObject config, GgufFile file, GgufKeys keys)
    {
        config["logit_scale"] = GgufConfig.Decimal(keys.NeededNumber("logit_scale"));
        config["sliding_window"] = keys.Needed("attention.sliding_window");
        config["layer_types"] = LayerTypes(config, file, keys, everyNthIsFull: 4);
    }

    static void Gemma2(JsonObject config, GgufFile file, GgufKeys keys)
    {
        config["hidden_activation"] = "gelu_pytorch_tanh";
        config["attn_logit_softcapping"] = GgufConfig.Decimal(keys.Number("attn_logit_softcapping") ?? 50);
        config["final_logit_softcapping"] = GgufConfig.Decimal(keys.Number("final_logit_softcapping") ?? 30);
        config["sliding_window"] = keys.Integer("attention.sliding_window") ?? 4096;
        config["layer_types"] = LayerTypes(config, file, keys, everyNthIsFull: 2);
        config["query_pre_attn_scalar"] = QueryScale(config, layersOfLargest: 46);
    }

    static void Gemma3(JsonObject config, GgufFile file, GgufKeys keys)
    {
        config["hidden_activation"] = "gelu_pytorch_tanh";
        if (keys.Number("final_logit_softcapping") is { } cap and not 0) config["final_logit_softcapping"] = GgufConfig.Decimal(cap);
        config["sliding_window"] = keys.Needed("attention.sliding_window");
        config["layer_types"] = LayerTypes(config, file, keys, everyNthIsFull: 6);
        config["query_pre_attn_scalar"] = QueryScale(config, layersOfLargest: 62);
    }

    /// <summary>No key holds the divisor. llama.cpp uses hidden / heads for the 27B model, which it recognises by its layers, and the
    /// head's size for others.</summary>
    static int QueryScale(JsonObject config, int layersOfLargest) => (int)config["num_hidden_layers"]! == layersOfLargest
        ? (int)config["hidden_size"]! / (int)config["num_attention_heads"]! : (int)config["head_dim"]!;

    static void Window(JsonObject config, int? window)
    {
        if (window is > 0) config["sliding_window"] = window;
    }

    /// <summary>The pattern as a list of flags, as a number, or as llama.cpp's graph hard-codes it.</summary>
    static JsonArray LayerTypes(JsonObject config, GgufFile file, GgufKeys keys, int everyNthIsFull)
    {
        var layers = (int)config["num_hidden_layers"]!;
        var key = keys.Name("attention.sliding_window_pattern");
        if (file.IsArray(key))
        {
            var flags = file.Flags(key)!;
            if (flags.Length != layers)
                throw new ModelFormatException($"{file.Path}: key '{key}' has {flags.Length} entries for {layers} layers.");
            return [.. flags.Select(Kind)];
        }
        var n = keys.Integer("attention.sliding_window_pattern") ?? everyNthIsFull;
        return [.. Enumerable.Range(0, layers).Select(layer => Kind(n != 0 && (layer + 1) % n != 0))];
    }

    static JsonNode Kind(bool slides) => slides ? "sliding_attention" : "full_attention";
}
