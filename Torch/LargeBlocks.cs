// Memory for what lives as long as a network does: a few large blocks, each of them a mapping of its own that goes back to the system with
// the last tensor in it. Between a heap's other blocks it would leave holes that no later version fits into. Knows no tensor's meaning.
using TorchSharp;
using static TorchSharp.torch;

namespace Majlis.Torch;

/// <summary>Hands out tensors of one type. Disposing it gives up only what no tensor uses.</summary>
sealed class LargeBlocks(ScalarType dtype, Device device, long blockBytes = LargeBlocks.Standard) : IDisposable
{
    // Above the size from which on a block is mapped by itself (NativeRuntime.ServingBlock). What is never written takes no memory.
    const long Standard = 2L * NativeRuntime.ServingBlock;

    // Tensors begin where cache lines do, as libtorch's own.
    const int Alignment = 64;

    Tensor? block;
    long used;

    public ScalarType DType => dtype;

    public Device Device => device;

    /// <summary>A tensor whose numbers are whatever lies there. Other devices than the processor have allocators of their own.</summary>
    public Tensor Take(params long[] shape)
    {
        if (device.type != DeviceType.CPU) return empty(shape, dtype, device);
        var (size, step) = (dtype == ScalarType.BFloat16 ? 2 : 4, Alignment / (dtype == ScalarType.BFloat16 ? 2 : 4));
        var count = shape.Aggregate(1L, (product, length) => product * length);
        if (block is null || used + count > block.shape[0])
        {
            block?.Dispose();
            block = empty([Math.Max(count, blockBytes / size)], dtype, device).DetachFromDisposeScope();
            used = 0;
        }
        using var flat = block.narrow(0, used, count);
        used = Math.Min(block.shape[0], (used + count + step - 1) / step * step);
        return flat.view(shape);
    }

    public void Dispose()
    {
        block?.Dispose();
        block = null;
    }
}
