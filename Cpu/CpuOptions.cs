// How a network runs on processors.
using Majlis.Cpu.Weights;

namespace Majlis.Cpu;

public sealed record CpuOptions
{
    public WeightPrecision Weights { get; init; }

    public CachePrecision Cache { get; init; }

    /// <summary>Threads that compute, the caller's among them; null: as many as the process may use physical cores.</summary>
    public int? Threads { get; init; }
}
