// The precision in which a network's matrices are kept.
namespace Majlis.Cpu.Weights;

public enum WeightPrecision
{
    /// <summary>A GGUF's tensors as they are stored, where a kernel reads them so; all others in int8.</summary>
    Auto,

    Float32,

    /// <summary>Whole numbers of 14 bits with a power of 2 for 32 of them, in place of bf16: 16.25 bits a weight.</summary>
    BFloat16,

    /// <summary>Blocks of 32 numbers with a scale in fp16: 8.5 bits a weight.</summary>
    Int8,

    /// <summary>Blocks of 32 numbers with a scale and a minimum in fp16: 5 bits a weight. Embeddings and head stay in int8.</summary>
    Int4,
}
