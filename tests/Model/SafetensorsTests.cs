// Reading inverts writing, and an inconsistent header is refused with a message, before anything is allocated for it.
using System.Text;
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
            output.Write(Raw(source, tensor)), source.Metadata);
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
        Assert.All(source.Tensors.Values, tensor => Assert.Equal(Raw(source, tensor), Raw(linked, tensor)));
    }

    [Fact]
    public void Shards_hold_what_the_single_file_holds()
    {
        using var source = SafetensorsFolder.Open(Shared.Require(Shared.Golden("architectures", "disk_forms", "fp32")));
        SafetensorsWriter.WriteFolder(folder.File("out"), source.Tensors.Values, (tensor, output) =>
            output.Write(Raw(source, tensor)), shardBytes: 20_000);
        using var copy = SafetensorsFolder.Open(folder.File("out"));
        Assert.True(copy.Files.Count() > 3);
        Assert.Equal(source.Tensors.Keys.Order(), copy.Tensors.Keys.Order());
        Assert.All(source.Tensors.Values, tensor => Assert.Equal(Raw(source, tensor), Raw(copy, tensor)));
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
        using var file = Open($$$"""{"t":{"dtype":"{{{type}}}","shape":[1],"data_offsets":[0,{{{bytes.Length}}}]}}""", bytes);
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
            Open("""{"h":{"dtype":"F16","shape":[65536],"data_offsets":[0,131072]},""" +
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

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""",
        "overlap")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", "gap")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "follow the last")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}""", "truncated")]
    [InlineData("""{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", "takes 12 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""", "before its beginning")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", "not a size")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2.5],"data_offsets":[0,8]}}""", "not a size")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,8]}}""", "not a size")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2147483648,2147483648,4],"data_offsets":[0,8]}}""", "can exist")]
    [InlineData("""{"a":{"dtype":"F32","shape":[0,9223372036854775807],"data_offsets":[0,0]}}""", "not a size")]
    [InlineData("""{"a":{"dtype":"Q4","shape":[2],"data_offsets":[0,8]}}""", "'Q4'")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2]}}""", "needs dtype")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"x":1}}""", "field 'x'")]
    [InlineData("""{"a":{"dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "repeated field")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[0],"data_offsets":[8,8]}}""",
        "stands twice")]
    [InlineData("""{"__metadata__":{"a":1},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "__metadata__")]
    [InlineData("""{"__metadata__":{"a":null},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "__metadata__ 'a'")]
    [InlineData("""{"__metadata__":"pt","a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "an object of texts, or null")]
    [InlineData("""{"__metadata__":null,"__metadata__":{},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "stands twice")]
    [InlineData("""{"a":null}""", "should be StartObject")]
    [InlineData("""{"__metadata__":{"a":"1","a":"2"}}""", "__metadata__ 'a' stands twice")]
    [InlineData("""{"a":{"dtype":7,"shape":[2],"data_offsets":[0,8]}}""", "dtype of 'a' should be String")]
    [InlineData("""{"a":{"dtype":"F32","shape":2,"data_offsets":[0,8]}}""", "shape of 'a' should be StartArray")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8,9]}}""", "data_offsets of 'a' has more than 2 entries")]
    [InlineData("""[1]""", "begin with")]
    [InlineData("""{"a":""", "JSON")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}""", "JSON")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2""", "JSON")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}} {}""", "JSON")]
    [InlineData("""{"a":7}""", "should be StartObject")]
    public void A_header_that_lies_is_refused(string header, string expected) =>
        Assert.Contains(expected, Refusal(header, new byte[8]), StringComparison.Ordinal);

    /// <summary>In the reference reader metadata is optional: absent, null and empty are the same.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("\"__metadata__\":null,")]
    [InlineData("\"__metadata__\":{},")]
    public void Metadata_is_optional(string metadata)
    {
        var header = "{" + metadata + "\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}";
        using var file = Open(header, new byte[8]);
        Assert.Empty(file.Metadata);
        Assert.Equal(["a"], file.Tensors.Keys);
    }

    [Fact]
    public void A_shape_of_too_many_dimensions_is_refused()
    {
        var shape = string.Join(',', Enumerable.Repeat(1, 65));
        var header = "{\"a\":{\"dtype\":\"F32\",\"shape\":[" + shape + "],\"data_offsets\":[0,4]}}";
        Assert.Contains("shape of 'a' has more than 64 entries", Refusal(header, new byte[4]), StringComparison.Ordinal);
    }

    [Fact]
    public void Absurd_lengths_are_refused_before_they_are_believed()
    {
        Assert.Contains("empty", Message(folder.Write("e", [])), StringComparison.Ordinal);
        Assert.Contains("too short", Message(folder.Write("s", [1, 2, 3])), StringComparison.Ordinal);
        Assert.Contains("ends after", Message(folder.Write("l", [0xff, 0xff, 0xff, 0, 0, 0, 0, 0])), StringComparison.Ordinal);
        Assert.Contains("the format allows", Message(folder.Write("h", [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff])),
            StringComparison.Ordinal);
        Assert.Contains("UTF-8",
            Message(folder.Write("u", [6, 0, 0, 0, 0, 0, 0, 0, (byte)'{', (byte)'"', 0xff, 0xfe, (byte)'"', (byte)':'])),
            StringComparison.Ordinal);
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
        Write("one.safetensors", """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", new byte[4]);
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
        Write("one.safetensors", Header, new byte[4]);
        Write("two.safetensors", Header, new byte[4]);
        File.WriteAllText(folder.File(SafetensorsFolder.IndexName), """{"weight_map":{"a":"one.safetensors","b":"two.safetensors"}}""");
        Assert.Contains("tensor 'a' stands in", Refused(), StringComparison.Ordinal);
        Write("two.safetensors", Header.Replace("\"a\"", "\"b\"", StringComparison.Ordinal), new byte[4]);
        File.WriteAllText(folder.File(SafetensorsFolder.IndexName), """{"weight_map":{"a":"one.safetensors"}}""");
        Write("one.safetensors", Header[..^1] + ""","c":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", new byte[8]);
        Assert.Contains("tensor 'c' is not listed in", Refused(), StringComparison.Ordinal);
        Write("one.safetensors", Header, new byte[4]);
        using (var open = SafetensorsFolder.Open(folder.Path))
            Assert.Contains("there is no tensor 'b'", Assert.Throws<ModelFormatException>(() => open.Read("b", 0, new float[1])).Message,
                StringComparison.Ordinal);
        Directory.CreateDirectory(folder.File("folder.safetensors"));
        File.WriteAllText(folder.File(SafetensorsFolder.IndexName), """{"weight_map":{"a":"folder.safetensors"}}""");
        Assert.Contains("folder.safetensors", Refused(), StringComparison.Ordinal);
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
        using var file = Open("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", new byte[8]);
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

    static byte[] Raw(IWeightSource source, TensorInfo tensor) =>
        source.Raw(tensor.Name, 0, (int)TensorLayout.Bytes(tensor.Type, tensor.Elements)).ToArray();

    string Refusal(string header, byte[] data) => Message(Write("refused", header, data));

    static string Message(string path) => Assert.Throws<ModelFormatException>(() => SafetensorsFile.Open(path)).Message;

    SafetensorsFile Open(string header, byte[] data) => SafetensorsFile.Open(Write("file", header, data));

    string Write(string name, string header, byte[] data)
    {
        var json = Encoding.UTF8.GetBytes(header);
        return folder.Write(name, [.. BitConverter.GetBytes((long)json.Length), .. json, .. data]);
    }
}
