// The precision in which keys and values are kept.
namespace Majlis.Cpu;

public enum CachePrecision
{
    /// <summary>BFloat16; with weights in fp32, the oracle's, fp32.</summary>
    Auto,

    BFloat16,

    /// <summary>Keys in blocks of 32 numbers with a scale in fp16, values with a scale a token and head; attention is products of
    /// bytes.</summary>
    Int8,
}
