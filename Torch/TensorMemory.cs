// Where a tensor's numbers lie, for loops over them that no operation offers. For tensors on this machine's memory.
using TorchSharp;

namespace Majlis.Torch;

static class TensorMemory
{
    /// <summary>The first number of a contiguous tensor. Through one element, because spans end at 2 GB and tensors do not.</summary>
    public static unsafe void* Of(torch.Tensor tensor)
    {
        using var flat = tensor.view(-1);
        using var first = flat.narrow(0, 0, 1);
        fixed (byte* start = first.bytes) return start;
    }
}
