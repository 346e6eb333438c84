// Every block format of GGUF against goldens/smollm2/gguf_formats.json, bit for bit; one case a file.
using System.Runtime.InteropServices;
using System.Text.Json;
using Majlis.Model.Weights;
using Majlis.Model.Weights.Gguf;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Model;

public sealed class GgufFormatTests
{
    static string Index => Shared.Golden("smollm2", "gguf_formats.json");

    public static TheoryData<string> Cases()
    {
        if (!File.Exists(Index)) return ["absent"];
        using var index = JsonDocument.Parse(File.ReadAllText(Index));
        return [.. index.RootElement.GetProperty("files").EnumerateArray().Select(file => file.GetProperty("key").GetString()!)];
    }

    [Theory, MemberData(nameof(Cases)), Trait("Golden", "SmolLM2")]
    public void A_file_is_dequantised_bit_for_bit(string key)
    {
        Shared.Require(Index);
        using var index = JsonDocument.Parse(File.ReadAllText(Index));
        var entry = index.RootElement.GetProperty("files").EnumerateArray().Single(file => file.GetProperty("key").GetString() == key);
        using var file = GgufFile.Open(Shared.Golden("smollm2", entry.GetProperty("file").GetString()!));
        var tensor = Assert.Single(file.Tensors);
        Assert.Equal(entry.GetProperty("type").GetString(), tensor.Info.Type.ToString());
        var actual = new float[tensor.Info.Elements];
        TensorDecoder.Widen(tensor.Info.Type, file.Raw(tensor, 0, (int)tensor.Bytes), actual);

        using var expectedFile = SafetensorsFile.Open(Shared.Golden("smollm2", "gguf_expected.safetensors"));
        var expected = new float[expectedFile.Tensors[key].Elements];
        expectedFile.Read(key, 0, expected);
        var bits = MemoryMarshal.Cast<float, uint>(expected).ToArray();
        var mismatches = MemoryMarshal.Cast<float, uint>(actual).ToArray().Zip(bits).Count(pair => pair.First != pair.Second);
        GoldenReport.Line("SmolLM2", $"gguf {key}", mismatches, 0);
        Assert.Equal(expected.Length, actual.Length);
        Assert.Equal(0, mismatches);
    }
}
