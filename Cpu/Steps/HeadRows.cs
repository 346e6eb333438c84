// Memory for the head's product: final states, packed and not, and logits. Reused by the next step's result.
using Majlis.Cpu.Kernels;

namespace Majlis.Cpu.Steps;

sealed class HeadRows : IDisposable
{
    /// <summary>[rows, hidden], normed.</summary>
    public FloatRows States { get; } = new();

    /// <summary>The states of the rows whose logits are at hand.</summary>
    public PackedRows Packed { get; } = new();

    /// <summary>[rows at hand, vocabulary]</summary>
    public FloatRows Logits { get; } = new();

    public void Dispose()
    {
        States.Dispose();
        Packed.Dispose();
        Logits.Dispose();
    }
}
