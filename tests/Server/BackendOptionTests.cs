// The options that choose what computes: what cannot be is told, and nothing is accepted that has no effect.
using Majlis.Server;
using Xunit;

namespace Majlis.tests.Server;

public sealed class BackendOptionTests
{
    [Theory]
    [InlineData("gpu", "auto", 0, "--backend: 'gpu' is none of auto, cpu, torch.")]
    [InlineData("cpu", "int3", 0, "--weights: 'int3' is none of auto, bf16, int8, int4.")]
    [InlineData("cpu", "auto", 100_000, "--threads: 100000 is not between 1 and")]
    [InlineData("cpu", "auto", -1, "--threads: -1 is not between 1 and")]
    [InlineData("auto", "int8", 0, "--weights and --threads: they are the cpu backend's")]
    [InlineData("torch", "int8", 0, "--weights and --threads: they are the cpu backend's")]
    public void What_cannot_be_is_told(string backend, string weights, int threads, string problem) => Assert.StartsWith(problem,
        Assert.Single(new ServerOptions { Backend = backend, Weights = weights, Threads = threads }.Problems()), StringComparison.Ordinal);

    [Fact]
    public void Every_precision_is_one_of_the_backends() => Assert.All(["auto", "bf16", "int8", "int4"],
        weights => Assert.Empty(new ServerOptions { Backend = "cpu", Weights = weights, Threads = 1 }.Problems()));
}
