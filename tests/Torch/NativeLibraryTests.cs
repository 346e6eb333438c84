// The native library of TorchSharp loads and computes on this system.
using Majlis.Torch;
using TorchSharp;
using Xunit;

namespace Majlis.tests.Torch;

public sealed class NativeLibraryTests
{
    [Fact]
    public void Torch_loads_and_multiplies()
    {
        using var scope = torch.NewDisposeScope();
        var two = torch.ones(2, 2).Times(2);
        Assert.Equal(8f, two.matmul(two)[0, 0].item<float>());
    }
}
