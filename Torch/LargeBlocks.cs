// Memory for tensors that live as long as a network: a few large blocks, each a separate mapping that returns to the system with its last
// tensor. On the heap they would leave holes too small for a later version. Knows no tensor's meaning.
using TorchSharp;
using static TorchSharp.torch;

namespace Majlis.Torch;

/// <summary>Allocates tensors of one type. Disposing it frees only blocks that no tensor uses.</summary>
sealed class LargeBlocks(ScalarType dtype, Device device, long blockBytes = LargeBlocks.Standard) : IDisposable
{
    // Above the size from which the allocator maps a block separately (NativeRuntime.ServingBlock). Pages that are never written take no
    // memory.
    const long Standard = 2L * NativeRuntime.ServingBlock;

    // Tensors are aligned to cache lines, as libtorch's own.
    const int Alignment = 64;

    Tensor? block;
    long used;

    public ScalarType DType => dtype;

    public Device Device => device;

    /// <summary>A tensor with uninitialised numbers. Devices other than the processor use their own allocators.</summary>
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
