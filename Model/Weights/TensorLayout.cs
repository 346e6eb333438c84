// The size of each storage type in bytes, and its names in both containers. Knows nothing of decoding.
using System.Collections.Frozen;

namespace Majlis.Model.Weights;

/// <summary>A type's unit of storage: <paramref name="Elements"/> numbers in <paramref name="Bytes"/> bytes (1 number for plain
/// types).</summary>
public readonly record struct TensorBlock(int Elements, int Bytes);

/// <summary>Sizes and container names of every <see cref="TensorType"/>. GGUF ids: ggml.h `enum ggml_type`.</summary>
public static class TensorLayout
{
    sealed record Row(TensorType Type, int Elements, int Bytes, string? Safetensors = null, int? Gguf = null);

    static readonly Row[] rows =
    [
        new(TensorType.F64, 1, 8, "F64", 28), new(TensorType.F32, 1, 4, "F32", 0), new(TensorType.F16, 1, 2, "F16", 1),
        new(TensorType.BF16, 1, 2, "BF16", 30), new(TensorType.F8E4M3, 1, 1, "F8_E4M3"), new(TensorType.F8E5M2, 1, 1, "F8_E5M2"),
        new(TensorType.F8E8M0, 1, 1, "F8_E8M0"),
        new(TensorType.I64, 1, 8, "I64", 27), new(TensorType.I32, 1, 4, "I32", 26), new(TensorType.I16, 1, 2, "I16", 25),
        new(TensorType.I8, 1, 1, "I8", 24), new(TensorType.U64, 1, 8, "U64"), new(TensorType.U32, 1, 4, "U32"),
        new(TensorType.U16, 1, 2, "U16"), new(TensorType.U8, 1, 1, "U8"), new(TensorType.Bool, 1, 1, "BOOL"),
        new(TensorType.Q4_0, 32, 18, Gguf: 2), new(TensorType.Q4_1, 32, 20, Gguf: 3), new(TensorType.Q5_0, 32, 22, Gguf: 6),
        new(TensorType.Q5_1, 32, 24, Gguf: 7), new(TensorType.Q8_0, 32, 34, Gguf: 8), new(TensorType.IQ4_NL, 32, 18, Gguf: 20),
        new(TensorType.MXFP4, 32, 17, Gguf: 39), new(TensorType.NVFP4, 64, 36, Gguf: 40),
        new(TensorType.Q2_K, 256, 84, Gguf: 10), new(TensorType.Q3_K, 256, 110, Gguf: 11), new(TensorType.Q4_K, 256, 144, Gguf: 12),
        new(TensorType.Q5_K, 256, 176, Gguf: 13), new(TensorType.Q6_K, 256, 210, Gguf: 14), new(TensorType.IQ4_XS, 256, 136, Gguf: 23),
        new(TensorType.IQ1_S, 256, 50, Gguf: 19), new(TensorType.IQ1_M, 256, 56, Gguf: 29), new(TensorType.IQ2_XXS, 256, 66, Gguf: 16),
        new(TensorType.IQ2_XS, 256, 74, Gguf: 17), new(TensorType.IQ2_S, 256, 82, Gguf: 22), new(TensorType.IQ3_XXS, 256, 98, Gguf: 18),
        new(TensorType.IQ3_S, 256, 110, Gguf: 21), new(TensorType.TQ1_0, 256, 54, Gguf: 34), new(TensorType.TQ2_0, 256, 66, Gguf: 35),
    ];

    static readonly TensorBlock[] blocks = rows.OrderBy(row => row.Type).Select(row => new TensorBlock(row.Elements, row.Bytes)).ToArray();

    static readonly FrozenDictionary<string, TensorType> bySafetensorsName =
        rows.Where(row => row.Safetensors is not null).ToFrozenDictionary(row => row.Safetensors!, row => row.Type);

    static readonly FrozenDictionary<uint, TensorType> byGgufId =
        rows.Where(row => row.Gguf is not null).ToFrozenDictionary(row => (uint)row.Gguf!, row => row.Type);

    public static TensorBlock Block(TensorType type) => blocks[(int)type];

    /// <summary>The bytes of <paramref name="elements"/> numbers, which must be whole blocks.</summary>
    /// <exception cref="OverflowException">More bytes than 2^63.</exception>
    public static long Bytes(TensorType type, long elements) => checked(elements / Block(type).Elements * Block(type).Bytes);

    /// <summary>The type's name in safetensors; null for GGUF's block formats.</summary>
    public static string? SafetensorsName(TensorType type) => Array.Find(rows, row => row.Type == type)!.Safetensors;

    public static bool TryFromSafetensors(string name, out TensorType type) => bySafetensorsName.TryGetValue(name, out type);

    public static bool TryFromGguf(uint id, out TensorType type) => byGgufId.TryGetValue(id, out type);
}
