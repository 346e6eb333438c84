// An inconsistent header is refused with a message, before anything is allocated for it.
using Majlis.Model.Weights;
using Majlis.tests.Support;
using Majlis.Text;
using Xunit;

namespace Majlis.tests.Model;

public sealed class SafetensorsHeaderTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

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
        using var file = SafetensorsBytes.Open(folder, header, new byte[8]);
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

    string Refusal(string header, byte[] data) => Message(SafetensorsBytes.Write(folder, "refused", header, data));

    static string Message(string path) => Assert.Throws<ModelFormatException>(() => SafetensorsFile.Open(path)).Message;
}
