// Reading inverts writing, every type of number is widened exactly, and what does not fit a tensor is refused.
using Majlis.Model;
using Majlis.Model.Weights;
using Majlis.tests.Support;
using Majlis.Text;
using Xunit;

namespace Majlis.tests.Model;

public sealed class SafetensorsTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    public static TheoryData<string> Files()
    {
        var root = Shared.Golden("architectures");
        return Directory.Exists(root)
            ? [.. Directory.EnumerateFiles(root, "*.safetensors", SearchOption.AllDirectories)
                .Select(path => Path.GetRelativePath(root, path)).Order()]
            : ["absent"];
    }

    [Theory, MemberData(nameof(Files))]
    public void A_file_written_again_is_the_same_file(string name)
    {
        var path = Shared.Require(Shared.Golden("architectures", name));
        using var source = SafetensorsFile.Open(path);
        SafetensorsWriter.WriteFile(folder.File("copy"), source.Tensors.Values, (tensor, output) =>
            output.Write(SafetensorsBytes.Of(source, tensor)), source.Metadata);
        Assert.True(File.ReadAllBytes(path).AsSpan().SequenceEqual(File.ReadAllBytes(folder.File("copy"))), "the bytes differ");
    }

    /// <summary>As in the hub's cache: names that link to blobs.</summary>
    [Fact]
    public void A_link_is_read_as_the_file_it_leads_to()
    {
        var path = Shared.Require(Shared.Golden("architectures", "disk_forms", "fp32", "model.safetensors"));
        File.CreateSymbolicLink(folder.File("link.safetensors"), Path.GetFullPath(path));
        using var source = SafetensorsFile.Open(path);
        using var linked = SafetensorsFile.Open(folder.File("link.safetensors"));
        Assert.All(source.Tensors.Values, tensor => Assert.Equal(SafetensorsBytes.Of(source, tensor), SafetensorsBytes.Of(linked, tensor)));
    }

    [Theory]
    [InlineData("F64", 1.5, new byte[] { 0, 0, 0, 0, 0, 0, 0xf8, 0x3f })]
    [InlineData("F16", 1.5, new byte[] { 0x00, 0x3e })]
    [InlineData("F16", 5.9604645e-08, new byte[] { 1, 0 })]
    [InlineData("BF16", 1.5, new byte[] { 0xc0, 0x3f })]
    [InlineData("F8_E4M3", 448, new byte[] { 0x7e })]
    [InlineData("F8_E4M3", -0.001953125, new byte[] { 0x81 })]
    [InlineData("F8_E5M2", 57344, new byte[] { 0x7b })]
    [InlineData("F8_E5M2", double.PositiveInfinity, new byte[] { 0x7c })]
    [InlineData("F8_E8M0", 1, new byte[] { 127 })]
    [InlineData("F8_E8M0", 5.877471754111438e-39, new byte[] { 0 })]
    [InlineData("F8_E8M0", double.NaN, new byte[] { 255 })]
    [InlineData("I64", -3, new byte[] { 0xfd, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff })]
    [InlineData("I32", -3, new byte[] { 0xfd, 0xff, 0xff, 0xff })]
    [InlineData("I16", -3, new byte[] { 0xfd, 0xff })]
    [InlineData("I8", -3, new byte[] { 0xfd })]
    [InlineData("U64", 1.8446744073709552e19, new byte[] { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff })]
    [InlineData("U32", 4294967296, new byte[] { 0xff, 0xff, 0xff, 0xff })]
    [InlineData("U16", 65533, new byte[] { 0xfd, 0xff })]
    [InlineData("U8", 253, new byte[] { 0xfd })]
    [InlineData("BOOL", 1, new byte[] { 1 })]
    public void Every_type_is_widened(string type, double expected, byte[] bytes)
    {
        using var file = SafetensorsBytes.Open(folder,
            $$$"""{"t":{"dtype":"{{{type}}}","shape":[1],"data_offsets":[0,{{{bytes.Length}}}]}}""", bytes);
        var number = new float[1];
        file.Read("t", 0, number);
        Assert.Equal((float)expected, number[0]);
        Assert.Equal(bytes, file.Raw("t", 0, bytes.Length));
    }

    [Fact]
    public void Halves_and_brains_are_widened_exactly_for_all_their_values()
    {
        var all = Enumerable.Range(0, 65536).SelectMany(bits => BitConverter.GetBytes((ushort)bits)).ToArray();
        using var file =
            SafetensorsBytes.Open(folder, """{"h":{"dtype":"F16","shape":[65536],"data_offsets":[0,131072]},""" +
            """ "b":{"dtype":"BF16","shape":[65536],"data_offsets":[131072,262144]}}""", [.. all, .. all]);
        var (halves, brains) = (new float[65536], new float[65536]);
        file.Read("h", 0, halves);
        file.Read("b", 0, brains);
        for (var bits = 0; bits < 65536; bits++)
        {
            Assert.Equal((float)BitConverter.UInt16BitsToHalf((ushort)bits), halves[bits]);
            Assert.Equal((uint)bits << 16, BitConverter.SingleToUInt32Bits(brains[bits]));
        }
    }

    [Fact]
    public void Numbers_are_rounded_once_to_nearest_even()
    {
        float[] numbers = [1.00390625f, 1.01171875f, float.NaN, float.PositiveInfinity, -0f, 3.4e38f];
        TensorInfo[] tensors = [new("b", TensorType.BF16, [6]), new("f", TensorType.F32, [6]), new("h", TensorType.F16, [6])];
        SafetensorsWriter.WriteFile(folder.File("n"), tensors, (_, output) => output.Write(numbers));
        using var file = SafetensorsFile.Open(folder.File("n"));
        Assert.Equal([1f, 1.015625f, float.NaN, float.PositiveInfinity, -0f, float.PositiveInfinity], Read(file, "b"));
        Assert.Equal(numbers, Read(file, "f"));
        Assert.Equal(numbers.Select(number => (float)(Half)number), Read(file, "h"));
    }

    [Fact]
    public void What_cannot_be_written_is_refused()
    {
        string Refused(TensorType type, WriteTensor write) => Assert.Throws<ModelFormatException>(() =>
            SafetensorsWriter.WriteFile(folder.File("w"), [new TensorInfo("w", type, [32])], write)).Message;
        WriteTensor Numbers(int count) => (_, output) => output.Write(new float[count]);
        Assert.Contains("more bytes were written", Refused(TensorType.F32, Numbers(33)), StringComparison.Ordinal);
        Assert.Contains("4 bytes of it were not", Refused(TensorType.F32, Numbers(31)), StringComparison.Ordinal);
        Assert.Contains("numbers are written as", Refused(TensorType.I32, Numbers(32)), StringComparison.Ordinal);
        Assert.Contains("has no name for", Refused(TensorType.Q4_0, (_, _) => { }), StringComparison.Ordinal);
    }

    [Fact]
    public void A_range_outside_a_tensor_is_refused()
    {
        using var file = SafetensorsBytes.Open(folder, """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", new byte[8]);
        Assert.Throws<ModelFormatException>(() => file.Read("a", 1, new float[2]));
        Assert.Throws<ModelFormatException>(() => file.Read("a", -1, new float[1]));
        Assert.Throws<ModelFormatException>(() => file.Raw("a", 4, 8).Length);
        Assert.Contains("no tensor 'b'", Assert.Throws<ModelFormatException>(() => file.Read("b", 0, new float[1])).Message,
            StringComparison.Ordinal);
    }

    static float[] Read(SafetensorsFile file, string name)
    {
        var numbers = new float[file.Tensors[name].Elements];
        file.Read(name, 0, numbers);
        return numbers;
    }
}
