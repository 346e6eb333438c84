// llama.cpp's names of architectures and tensors, and Hugging Face's names for them. Names only; numbers are GgufConfig's.
// Names: llama.cpp's gguf-py/gguf/constants.py and tensor_mapping.py, conversions in convert_hf_to_gguf.py.
using System.Collections.Frozen;
using Majlis.Text;

namespace Majlis.Model.Weights.Gguf;

/// <summary>
/// One architecture. <paramref name="PermutedHeads"/>: q and k rows are stored for rotation of neighbours; the Hugging Face layout
/// rotates halves. <paramref name="NormsPlusOne"/>: norm weights are stored plus 1; the Hugging Face layout leaves the 1 out.
/// </summary>
sealed record GgufFamily(string ModelType, string ClassName, bool PermutedHeads = false, bool NormsPlusOne = false)
{
    /// <summary>Tensors of a block that differ from <see cref="commonBlock"/>.</summary>
    public FrozenDictionary<string, string> Block { get; init; } = FrozenDictionary<string, string>.Empty;

    static readonly FrozenDictionary<string, string> commonBlock = new Dictionary<string, string>
    {
        ["attn_norm"] = "input_layernorm",
        ["attn_q"] = "self_attn.q_proj",
        ["attn_k"] = "self_attn.k_proj",
        ["attn_v"] = "self_attn.v_proj",
        ["attn_qkv"] = "self_attn.qkv_proj",
        ["attn_output"] = "self_attn.o_proj",
        ["attn_q_norm"] = "self_attn.q_norm",
        ["attn_k_norm"] = "self_attn.k_norm",
        ["ffn_norm"] = "post_attention_layernorm",
        ["ffn_gate"] = "mlp.gate_proj",
        ["ffn_up"] = "mlp.up_proj",
        ["ffn_down"] = "mlp.down_proj",
        ["post_attention_norm"] = "post_attention_layernorm",
        ["post_ffw_norm"] = "post_feedforward_layernorm",
    }.ToFrozenDictionary();

    static readonly FrozenDictionary<string, string> normsAround =
        new Dictionary<string, string> { ["ffn_norm"] = "pre_feedforward_layernorm" }.ToFrozenDictionary();

    static readonly FrozenDictionary<string, string> fused =
        new Dictionary<string, string> { ["ffn_up"] = "mlp.gate_up_proj" }.ToFrozenDictionary();

    static readonly FrozenDictionary<string, GgufFamily> known = new Dictionary<string, GgufFamily>
    {
        ["llama"] = new("llama", "LlamaForCausalLM", PermutedHeads: true),
        ["command-r"] = new("cohere", "CohereForCausalLM"),
        ["cohere2"] = new("cohere2", "Cohere2ForCausalLM"),
        ["qwen2"] = new("qwen2", "Qwen2ForCausalLM"),
        ["qwen3"] = new("qwen3", "Qwen3ForCausalLM"),
        ["gemma2"] = new("gemma2", "Gemma2ForCausalLM", NormsPlusOne: true) { Block = normsAround },
        ["gemma3"] = new("gemma3_text", "Gemma3ForCausalLM", NormsPlusOne: true) { Block = normsAround },
        ["olmo2"] = new("olmo2", "Olmo2ForCausalLM"),
        ["phi3"] = new("phi3", "Phi3ForCausalLM") { Block = fused },
        ["smollm3"] = new("smollm3", "SmolLM3ForCausalLM", PermutedHeads: true),
    }.ToFrozenDictionary();

    /// <exception cref="ModelFormatException">The architecture is missing or unknown.</exception>
    public static GgufFamily Of(GgufFile file)
    {
        var name = file.Text("general.architecture")
            ?? throw new ModelFormatException($"{file.Path}: key 'general.architecture' is missing.");
        return known.GetValueOrDefault(name) ?? throw new ModelFormatException(
            $"{file.Path}: general.architecture '{name}' is not known; known are " +
                $"{string.Join(", ", known.Keys.Order(StringComparer.Ordinal))}.");
    }

    /// <summary>Rotation tables are no weights: GgufConfig turns them into config fields.</summary>
    public static bool IsTable(string name) => name is "rope_freqs.weight" or "rope_factors_long.weight" or "rope_factors_short.weight";

    /// <summary>The Hugging Face name of a tensor; null if there is none.</summary>
    public string? HuggingFaceName(string name)
    {
        switch (name)
        {
            case "token_embd.weight": return "model.embed_tokens.weight";
            case "output_norm.weight": return "model.norm.weight";
            case "output.weight": return "lm_head.weight";
        }
        if (name.Split('.') is not ["blk", var block, var part, ("weight" or "bias") and var kind] || !int.TryParse(block, out var layer))
            return null;
        var module = Block.GetValueOrDefault(part) ?? commonBlock.GetValueOrDefault(part);
        return module is null ? null : $"model.layers.{layer}.{module}.{kind}";
    }
}
