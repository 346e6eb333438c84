// The precision in which keys and values are kept.
namespace Majlis.Cpu;

public enum CachePrecision
{
    /// <summary>Int16; with weights in fp32, the oracle's, fp32.</summary>
    Auto,

    /// <summary>
    /// Keys in blocks of 64 numbers with a scale, values with a scale a token and head: 14 bits of each are used, and attention is products
    /// of whole numbers. As large as bf16, and nearer to fp32.
    /// </summary>
    Int16,

    /// <summary>Keys in blocks of 32 numbers with a scale in fp16, values with a scale a token and head; attention is products of
    /// bytes.</summary>
    Int8,
}
