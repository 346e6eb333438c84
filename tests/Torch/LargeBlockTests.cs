// Tensors that share a block of memory do not overlap, and the block lives as long as the last of them.
using Majlis.Torch;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Majlis.tests.Torch;

public sealed class LargeBlockTests
{
    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public void What_is_written_into_one_is_in_no_other(ScalarType type)
    {
        long[][] shapes = [[3, 5], [1], [7, 2, 2], [40, 30], [1], [16, 16]]; // the fourth is larger than a block
        using var memory = new LargeBlocks(type, CPU, blockBytes: 1024);
        Tensor[] tensors = [.. shapes.Select(shape => memory.Take(shape))];
        memory.Dispose();
        for (var i = 0; i < tensors.Length; i++) tensors[i].fill_(Numbers.Of(i + 1.0));
        for (var i = 0; i < tensors.Length; i++)
        {
            Assert.Equal(shapes[i], tensors[i].shape);
            Assert.Equal((type, true), (tensors[i].dtype, tensors[i].is_contiguous()));
            Assert.All(tensors[i].to(ScalarType.Float32).data<float>(), number => Assert.Equal(i + 1f, number));
        }
        foreach (var tensor in tensors) tensor.Dispose();
    }
}
