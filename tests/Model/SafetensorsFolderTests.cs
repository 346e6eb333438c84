// Weights in several files: shards hold what one file holds, and an index or files that disagree are refused with a message.
using Majlis.Model.Weights;
using Majlis.tests.Support;
using Majlis.Text;
using Xunit;

namespace Majlis.tests.Model;

public sealed class SafetensorsFolderTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Shards_hold_what_the_single_file_holds()
    {
        using var source = SafetensorsFolder.Open(Shared.Require(Shared.Golden("architectures", "disk_forms", "fp32")));
        SafetensorsWriter.WriteFolder(folder.File("out"), source.Tensors.Values, (tensor, output) =>
            output.Write(SafetensorsBytes.Of(source, tensor)), shardBytes: 20_000);
        using var copy = SafetensorsFolder.Open(folder.File("out"));
        Assert.True(copy.Files.Count() > 3);
        Assert.Equal(source.Tensors.Keys.Order(), copy.Tensors.Keys.Order());
        Assert.All(source.Tensors.Values, tensor => Assert.Equal(SafetensorsBytes.Of(source, tensor), SafetensorsBytes.Of(copy, tensor)));
    }

    [Theory]
    [InlineData("""{"weight_map":{"a":"../model.safetensors"}}""", "'../model.safetensors'")]
    [InlineData("""{"weight_map":{"a":"/etc/x.safetensors"}}""", "'/etc/x.safetensors'")]
    [InlineData("""{"weight_map":{"a":"sub/x.safetensors"}}""", "'sub/x.safetensors'")]
    [InlineData("""{"weight_map":{"a":"c:\\x.safetensors"}}""", "of this folder")]
    [InlineData("""{"weight_map":{"a":"passwd"}}""", "'passwd'")]
    [InlineData("""{"weight_map":{"a":7}}""", "not a file name")]
    [InlineData("""{"weight_map":{}}""", "empty")]
    [InlineData("""{}""", "weight_map")]
    [InlineData("""[]""", "weight_map")]
    [InlineData("""{"weight_map":{"a":"absent.safetensors"}}""", "no such file")]
    [InlineData("""{"weight_map":{"a":"x.safetensors"},"weight_map":{}}""", "weight_map")]
    [InlineData("""{"weight_map":{"a":"one.safetensors","b":"one.safetensors"}}""", "'b' should stand in one.safetensors")]
    [InlineData("""{"weight_map":{"a":"empty.safetensors"}}""", "the file is empty")]
    public void An_index_that_lies_is_refused(string index, string expected)
    {
        File.WriteAllText(folder.File(SafetensorsFolder.IndexName), index);
        folder.Write("empty.safetensors", []);
        SafetensorsBytes.Write(folder, "one.safetensors", """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", new byte[4]);
        Assert.Contains(expected, Assert.Throws<ModelFormatException>(() => SafetensorsFolder.Open(folder.Path)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_whose_files_disagree_is_refused()
    {
        const string Header = """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""";
        string Refused() => Assert.Throws<ModelFormatException>(() => SafetensorsFolder.Open(folder.Path)).Message;
        Assert.Contains("there is no such folder",
            Assert.Throws<ModelFormatException>(() => SafetensorsFolder.Open(folder.File("nowhere"))).Message, StringComparison.Ordinal);
        Assert.Contains("no weights; expected model.safetensors", Refused(), StringComparison.Ordinal);
        folder.Write("pytorch_model.bin", [1]);
        Assert.Contains("only pickled weights", Refused(), StringComparison.Ordinal);
        SafetensorsBytes.Write(folder, "one.safetensors", Header, new byte[4]);
        SafetensorsBytes.Write(folder, "two.safetensors", Header, new byte[4]);
        File.WriteAllText(folder.File(SafetensorsFolder.IndexName), """{"weight_map":{"a":"one.safetensors","b":"two.safetensors"}}""");
        Assert.Contains("tensor 'a' stands in", Refused(), StringComparison.Ordinal);
        SafetensorsBytes.Write(folder, "two.safetensors", Header.Replace("\"a\"", "\"b\"", StringComparison.Ordinal), new byte[4]);
        File.WriteAllText(folder.File(SafetensorsFolder.IndexName), """{"weight_map":{"a":"one.safetensors"}}""");
        SafetensorsBytes.Write(folder, "one.safetensors",
            Header[..^1] + ""","c":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", new byte[8]);
        Assert.Contains("tensor 'c' is not listed in", Refused(), StringComparison.Ordinal);
        SafetensorsBytes.Write(folder, "one.safetensors", Header, new byte[4]);
        using (var open = SafetensorsFolder.Open(folder.Path))
            Assert.Contains("there is no tensor 'b'", Assert.Throws<ModelFormatException>(() => open.Read("b", 0, new float[1])).Message,
                StringComparison.Ordinal);
        Directory.CreateDirectory(folder.File("folder.safetensors"));
        File.WriteAllText(folder.File(SafetensorsFolder.IndexName), """{"weight_map":{"a":"folder.safetensors"}}""");
        Assert.Contains("folder.safetensors", Refused(), StringComparison.Ordinal);
    }
}
