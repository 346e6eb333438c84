// Memory for the head's product: final states, packed and not, and logits. Reused by the next step's result, whose numbers must never pass
// for this one's: they are another client's.
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

    /// <summary>The step whose result the memory holds.</summary>
    public int Step { get; private set; }

    /// <summary>The memory is another step's from here on.</summary>
    public int Begin() => ++Step;

    public void Dispose()
    {
        States.Dispose();
        Packed.Dispose();
        Logits.Dispose();
    }
}
