// Converts a Hugging Face folder as llama.cpp's converter does (convert_hf_to_gguf.py): its key names, its tensor names, q and k permuted
// for llama-like models, 1 added to Gemma's norms, Llama 3's rotary scaling as a table. Tests read the result back.
using System.Text.Json;
using Majlis.Model;
using Majlis.Model.Weights;
using Majlis.Text;

namespace Majlis.tests.Model;

static class GgufConversion
{
    static readonly Dictionary<string, string> architectures = new()
    {
        ["llama"] = "llama",
        ["cohere"] = "command-r",
        ["cohere2"] = "cohere2",
        ["qwen2"] = "qwen2",
        ["qwen3"] = "qwen3",
        ["gemma2"] = "gemma2",
        ["olmo2"] = "olmo2",
        ["phi3"] = "phi3",
        ["smollm3"] = "smollm3",
    };

    static readonly (string Field, string Key)[] sizes =
    [
        ("num_hidden_layers", "block_count"), ("max_position_embeddings", "context_length"), ("hidden_size", "embedding_length"),
        ("intermediate_size", "feed_forward_length"), ("num_attention_heads", "attention.head_count"),
            ("num_key_value_heads", "attention.head_count_kv"),
        ("head_dim", "attention.key_length"), ("sliding_window", "attention.sliding_window"),
    ];

    static readonly (string Field, string Key)[] numbers =
    [
        ("rms_norm_eps", "attention.layer_norm_rms_epsilon"), ("layer_norm_eps", "attention.layer_norm_epsilon"),
            ("logit_scale", "logit_scale"),
        ("attn_logit_softcapping", "attn_logit_softcapping"), ("final_logit_softcapping", "final_logit_softcapping"),
    ];

    static readonly (string Module, string Name)[] modules =
    [
        ("input_layernorm", "attn_norm"), ("self_attn.q_proj", "attn_q"), ("self_attn.k_proj", "attn_k"), ("self_attn.v_proj", "attn_v"),
        ("self_attn.qkv_proj", "attn_qkv"), ("self_attn.o_proj", "attn_output"), ("self_attn.q_norm", "attn_q_norm"),
            ("self_attn.k_norm", "attn_k_norm"),
        ("mlp.gate_proj", "ffn_gate"), ("mlp.up_proj", "ffn_up"), ("mlp.gate_up_proj", "ffn_up"), ("mlp.down_proj", "ffn_down"),
        ("pre_feedforward_layernorm", "ffn_norm"), ("post_feedforward_layernorm", "post_ffw_norm"),
    ];

    /// <param name="folder">The Hugging Face folder.</param>
    /// <param name="target">The file to write.</param>
    /// <param name="parts">How many parts the file names.</param>
    /// <param name="isIn">Which tensors, by their names in the file, this part holds; all of them if null.</param>
    /// <param name="more">Values under architecture keys for which the config has no field.</param>
    public static void Convert(string folder, string target, int parts = 1, Func<string, bool>? isIn = null,
        params (string Key, object Value)[] more)
    {
        using var document = ModelJson.Read(Path.Combine(folder, CheckpointFiles.Config));
        var config = document.RootElement;
        var type = config.GetProperty("model_type").GetString()!;
        var builder = new GgufBuilder().Key("general.architecture", architectures[type]);
        WriteKeys(builder, config, architectures[type]);
        foreach (var (key, value) in more) builder.Key($"{architectures[type]}.{key}", value);
        if (parts > 1) builder.Key("split.count", parts);
        isIn ??= _ => true;
        using var weights = SafetensorsFolder.Open(folder);
        foreach (var tensor in weights.Tensors.Values.Where(tensor => isIn(Name(tensor.Name, type))))
            WriteTensor(builder, config, type, tensor, weights);
        if (isIn("rope_freqs.weight") && config.GetProperty("rope_parameters").GetProperty("rope_type").GetString() == "llama3")
            WriteTable(builder, config);
        builder.Save(target);
    }

    static void WriteKeys(GgufBuilder builder, JsonElement config, string architecture)
    {
        foreach (var (field, key) in sizes)
            if (Find(config, field) is { } value) builder.Key($"{architecture}.{key}", value.GetInt32());
        foreach (var (field, key) in numbers)
            if (Find(config, field) is { } value) builder.Key($"{architecture}.{key}", value.GetSingle());
        var rope = config.GetProperty("rope_parameters");
        builder.Key($"{architecture}.rope.freq_base", rope.GetProperty("rope_theta").GetSingle());
        builder.Key($"{architecture}.rope.dimension_count",
            (int)(HeadSize(config) * (rope.TryGetProperty("partial_rotary_factor", out var part) ? part.GetDouble() : 1)));
        builder.Key("tokenizer.ggml.padding_token_id", config.GetProperty("pad_token_id").GetInt32());
    }

    static void WriteTensor(GgufBuilder builder, JsonElement config, string type, TensorInfo tensor, SafetensorsFolder weights)
    {
        var values = new float[tensor.Elements];
        weights.Read(tensor.Name, 0, values);
        var name = Name(tensor.Name, type);
        if (type is "llama" or "smollm3")
        {
            if (name.Contains(".attn_q.", StringComparison.Ordinal))
                values = Permute(values, config.GetProperty("num_attention_heads").GetInt32(), tensor);
            if (name.Contains(".attn_k.", StringComparison.Ordinal))
                values = Permute(values, config.GetProperty("num_key_value_heads").GetInt32(), tensor);
        }
        if (type == "gemma2" && name.EndsWith("norm.weight", StringComparison.Ordinal)) values = [.. values.Select(value => value + 1)];
        builder.Tensor(name, tensor.Shape, values);
    }

    static string Name(string name, string type)
    {
        if (name == "model.embed_tokens.weight") return "token_embd.weight";
        if (name == "model.norm.weight") return "output_norm.weight";
        if (name == "lm_head.weight") return "output.weight";
        var parts = name.Split('.');
        var (layer, module, kind) = (parts[2], string.Join('.', parts[3..^1]), parts[^1]);
        // The norm after attention: Gemma and OLMo have one there, other families have the norm before the MLP.
        var part = module == "post_attention_layernorm" ? type is "gemma2" or "olmo2" ? "post_attention_norm" : "ffn_norm"
            : modules.First(pair => pair.Module == module).Name;
        return $"blk.{layer}.{part}.{kind}";
    }

    /// <summary>reshape(heads, 2, size / 2, ...).swapaxes(1, 2), as LlamaModel.permute does.</summary>
    static float[] Permute(float[] values, int heads, TensorInfo tensor)
    {
        var (rows, width) = ((int)tensor.Shape[0], (int)(tensor.Elements / tensor.Shape[0]));
        var size = rows / heads;
        var permuted = new float[values.Length];
        for (var row = 0; row < rows; row++)
        {
            var (head, half, pair) = (row / size, row % size / (size / 2), row % (size / 2));
            Array.Copy(values, row * width, permuted, (head * size + pair * 2 + half) * width, width);
        }
        return permuted;
    }

    static void WriteTable(GgufBuilder builder, JsonElement config)
    {
        var rope = config.GetProperty("rope_parameters");
        double Of(string name) => rope.GetProperty(name).GetDouble();
        var (factor, low, high, original) = (Of("factor"), Of("low_freq_factor"), Of("high_freq_factor"),
            Of("original_max_position_embeddings"));
        var count = HeadSize(config) / 2;
        var table = Enumerable.Range(0, count).Select(i =>
        {
            var wavelength = 2 * Math.PI * Math.Pow(Of("rope_theta"), (double)i / count);
            var smooth = (original / wavelength - low) / (high - low);
            return (float)(wavelength < original / high ? 1 : wavelength > original / low ? factor : 1 / ((1 - smooth) / factor + smooth));
        });
        builder.Tensor("rope_freqs.weight", [count], [.. table]);
    }

    static int HeadSize(JsonElement config) => Find(config, "head_dim")?.GetInt32()
        ?? config.GetProperty("hidden_size").GetInt32() / config.GetProperty("num_attention_heads").GetInt32();

    static JsonElement? Find(JsonElement config, string name) =>
        config.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
}
