// GGUF's plain types are served as they are, block types without a kernel are rounded and named, and weights that do not fit the memory
// are refused before they are read.
using Majlis.Cpu;
using Majlis.Cpu.Weights;
using Majlis.Model;
using Majlis.tests.Support;
using Majlis.tests.Torch;
using Xunit;

namespace Majlis.tests.Cpu;

public sealed class OwnPrecisionTests
{
    [Theory]
    [InlineData("model.f32.gguf")]
    [InlineData("model.f16.gguf")]
    public void Plain_numbers_of_a_gguf_are_not_rounded(string file)
    {
        var path = Shared.Require(Shared.Golden("architectures", "gguf_llama", file));
        using var checkpoint = Checkpoint.Open(path);
        var tokens = (int[])[3, 14, 15, 9, 2, 6];
        var (own, wide) = (Last(WeightPrecision.Auto), Last(WeightPrecision.Float32));
        Assert.Equal(wide, own);

        float[] Last(WeightPrecision precision)
        {
            // The cache is the same, so that only the weights differ.
            using var network = new CpuNetwork(checkpoint.Blueprint, checkpoint.Weights, new CpuOptions
            {
                Weights = precision,
                Cache = CachePrecision.Int16,
                Threads = 1,
            });
            Assert.Null(network.Rounded);
            var paged = new Paged(network);
            using var result = paged.Step(LogitRows.Last, (paged.Begin(), tokens));
            var row = new float[checkpoint.Blueprint.VocabularySize];
            result.ReadLogits(0, row);
            return row;
        }
    }

    [Fact]
    public void Weights_that_do_not_fit_are_refused_with_numbers_and_what_would()
    {
        var blueprint = TinyModel.Blueprint("llama", ("hidden_size", 1024), ("intermediate_size", 4096), ("vocab_size", 20000));
        using var weights = new HeadersOnly(blueprint);
        long wide = WeightMemory.Bytes(blueprint, weights, WeightPrecision.BFloat16),
            eight = WeightMemory.Bytes(blueprint, weights, WeightPrecision.Int8),
            four = WeightMemory.Bytes(blueprint, weights, WeightPrecision.Int4);
        Assert.InRange((double)wide / eight, 1.90, 1.92);
        Assert.True(eight > four);
        Assert.Null(WeightMemory.Lack(blueprint, weights, WeightPrecision.BFloat16, wide));
        Assert.Equal("The weights need 0.19 GB of memory, and 0.10 GB are free: "
            + "--weights int8 needs 0.10 GB, --weights int4 needs 0.08 GB.",
            WeightMemory.Lack(blueprint, weights, WeightPrecision.BFloat16, eight));
        Assert.EndsWith("no precision fits here; a smaller model would.",
            WeightMemory.Lack(blueprint, weights, WeightPrecision.BFloat16, 1000), StringComparison.Ordinal);
    }

    // A checkpoint of fp16 tensors whose numbers nobody reads.
    sealed class HeadersOnly(Blueprint blueprint) : IWeightSource
    {
        public IReadOnlyDictionary<string, TensorInfo> Tensors { get; } = blueprint.Tensors()
            .ToDictionary(pair => pair.Key, pair => new TensorInfo(pair.Key, TensorType.F16, pair.Value));

        public void Read(string name, long firstElement, Span<float> destination) =>
            throw new InvalidOperationException("Nothing is read.");

        public ReadOnlySpan<byte> Raw(string name, long firstByte, int byteCount) =>
            throw new InvalidOperationException("Nothing is read.");

        public void Dispose() { }
    }
}
