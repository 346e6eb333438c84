// Bytes that are read ahead are those of the mapped file, in whatever order they are asked for.
using Majlis.Merge;
using Majlis.Model;
using Majlis.Model.Weights;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Merge;

public sealed class StoredChunkTests
{
    [Fact]
    public void Bytes_read_ahead_are_those_that_are_stored()
    {
        using var folder = new TemporaryFolder();
        var random = new Random(5);
        SafetensorsWriter.WriteFolder(folder.Path, [new("a", TensorType.BF16, [100_000]), new("b", TensorType.F32, [7_000])],
            (tensor, output) =>
            {
                var bytes = new byte[TensorLayout.Bytes(tensor.Type, tensor.Elements)];
                random.NextBytes(bytes);
                output.Write(bytes);
            });
        using var weights = SafetensorsFolder.Open(folder.Path);
        var chunk = new StoredChunk();
        foreach (var (name, start, length) in ((string, long, int)[])
            [("a", 0, 4096), ("a", 4096, 4096), ("a", 65_000, 4096), ("a", 64_000, 1000), ("a", 100, 150_000), ("b", 100, 5000),
                ("a", 100, 5000), ("a", 195_904, 4096), ("b", 27_000, 1000), ("b", 0, 28_000)])
            Assert.Equal(weights.Raw(name, start, length), chunk.Read(weights, name, start, length));
    }
}
