// How a network runs. Our own types, so that hosts need not know TorchSharp.
using System.Runtime.InteropServices;

namespace Majlis.Torch;

public enum ComputeType { Float32, BFloat16 }

public sealed record TorchOptions
{
    /// <summary>Null: bf16 where the processor multiplies it natively (or on a GPU), else fp32.</summary>
    public ComputeType? DType { get; init; }

    /// <summary>"cpu", "cuda", "cuda:1"; null: the first GPU that libtorch can use, else the processor.</summary>
    public string? Device { get; init; }

    /// <summary>Tokens per cache block.</summary>
    public int BlockSize { get; init; } = 16;
}

static class Processor
{
    /// <summary>Whether bf16 products are native here. /proc/cpuinfo tells on Linux; elsewhere the answer is no.</summary>
    public static bool HasBFloat16 { get; } = RuntimeInformation.IsOSPlatform(OSPlatform.Linux) && File.Exists("/proc/cpuinfo")
        && File.ReadLines("/proc/cpuinfo")
            .Any(line => (line.StartsWith("flags", StringComparison.Ordinal) || line.StartsWith("Features", StringComparison.Ordinal))
            && (line.Contains(" avx512_bf16", StringComparison.Ordinal) || line.Contains(" amx_bf16", StringComparison.Ordinal)
                || line.Contains(" bf16", StringComparison.Ordinal)));
}
