// Storage types of tensors. Names only; sizes are TensorLayout's, decoding is TensorDecoder's.
namespace Majlis.Model;

/// <summary>The storage types of safetensors and GGUF. The second half are GGUF's block formats, under ggml's names.</summary>
public enum TensorType
{
    F64, F32, F16, BF16, F8E4M3, F8E5M2, F8E8M0,
    I64, I32, I16, I8, U64, U32, U16, U8, Bool,

    // 32 numbers a block, one scale (and for _1 one minimum).
    Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, IQ4_NL, MXFP4, NVFP4,

    // 256 numbers a block, with separate scales for 16 or 32 numbers each.
    Q2_K, Q3_K, Q4_K, Q5_K, Q6_K, IQ4_XS,

    // 256 numbers a block, in groups of 4 or 8 from a fixed codebook.
    IQ1_S, IQ1_M, IQ2_XXS, IQ2_XS, IQ2_S, IQ3_XXS, IQ3_S,

    // -1, 0 and 1 times one scale.
    TQ1_0, TQ2_0,
}
