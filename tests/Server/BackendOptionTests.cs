// The options that choose what computes: what cannot be is told, nothing is accepted that has no effect, and without a word the vector code
// computes where there is no GPU.
using Majlis.Cpu;
using Majlis.Inference;
using Majlis.Server;
using Majlis.tests.Support;
using Majlis.Torch;
using Xunit;

namespace Majlis.tests.Server;

public sealed class BackendOptionTests
{
    [Theory]
    [InlineData("gpu", "auto", 0, "--backend: 'gpu' is none of auto, cpu, torch.")]
    [InlineData("cpu", "int3", 0, "--weights: 'int3' is none of auto, bf16, int8, int4.")]
    [InlineData("cpu", "auto", 100_000, "--threads: 100000 is not between 1 and")]
    [InlineData("cpu", "auto", -1, "--threads: -1 is not between 1 and")]
    [InlineData("auto", "int8", 0, "--weights, --cache-type and --threads: they are the cpu backend's")]
    [InlineData("torch", "int8", 0, "--weights, --cache-type and --threads: they are the cpu backend's")]
    public void What_cannot_be_is_told(string backend, string weights, int threads, string problem) => Assert.StartsWith(problem,
        Assert.Single(new ServerOptions { Backend = backend, Weights = weights, Threads = threads }.Problems()), StringComparison.Ordinal);

    [Theory]
    [InlineData("cpu", "int4", "--cache-type: 'int4' is none of auto, int16, int8.")]
    [InlineData("torch", "int8", "--weights, --cache-type and --threads: they are the cpu backend's")]
    public void A_cache_that_cannot_be_is_told(string backend, string cacheType, string problem) => Assert.StartsWith(problem,
        Assert.Single(new ServerOptions { Backend = backend, CacheType = cacheType }.Problems()), StringComparison.Ordinal);

    [Fact]
    public void Every_precision_is_one_of_the_backends() => Assert.All(["auto", "bf16", "int8", "int4"],
        weights => Assert.Empty(new ServerOptions { Backend = "cpu", Weights = weights, Threads = 1 }.Problems()));

    [Theory]
    [InlineData("auto")]
    [InlineData("cpu")]
    [InlineData("torch")]
    public void What_computes_is_told(string backend)
    {
        using var folder = new TemporaryFolder();
        var parts = ServerParts.Of(new ServerOptions { Backend = backend });
        using var model = parts.Open(TinyStarter.Lay(folder.Path), "v1", new EngineOptions { CacheBytes = 1 << 20 });
        Assert.Equal(backend != "auto" ? backend : TorchNetwork.HasGpu ? "torch" : "cpu", model.Backend);
        Assert.Equal(model.Backend == "cpu", model.Network is CpuNetwork);
    }

    [Fact]
    public void Layers_of_different_sizes_are_nothing_for_the_vector_code()
    {
        var same = Tiny.Blueprint(null, null);
        Assert.Null(CpuNetwork.Lack(same));
        var wider = same.Layers[1] with { Attention = same.Layers[1].Attention with { Query = new("wide", 1, 2) } };
        Assert.Contains("differ in size", CpuNetwork.Lack(same with { Layers = [same.Layers[0], wider] }), StringComparison.Ordinal);
    }
}
