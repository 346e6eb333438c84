// The address of a tensor's numbers, for loops that no operation offers. For tensors in this machine's memory.
using TorchSharp;

namespace Majlis.Torch;

static class TensorMemory
{
    /// <summary>The first number of a contiguous tensor. A reference, because a span ends at 2 GB and a tensor does not.</summary>
    public static unsafe void* Of(torch.Tensor tensor)
    {
        using var flat = tensor.view(-1);
        using var first = flat.narrow(0, 0, 1);
        fixed (byte* start = first.bytes) return start;
    }
}
