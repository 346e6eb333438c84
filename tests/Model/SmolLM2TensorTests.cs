// Every key and tensor of the SmolLM2 file against goldens/smollm2/tensors.json: raw bytes and dequantised bits by their sha256.
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using Majlis.Model.Weights;
using Majlis.Model.Weights.Gguf;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Model;

public sealed class SmolLM2TensorTests
{
    [Fact, Trait("Golden", "SmolLM2")]
    public void Every_tensor_of_the_file_is_raw_and_dequantised_what_the_golden_says()
    {
        using var golden = JsonDocument.Parse(File.ReadAllText(Shared.Require(Shared.Golden("smollm2", "tensors.json"))));
        using var file = GgufFile.Open(Shared.Require(Shared.SmolLM2));
        var expected = golden.RootElement.GetProperty("tensors").EnumerateArray().ToArray();
        var mismatches = file.Tensors.Zip(expected).Where(pair => !Equal(file, pair.First, pair.Second))
            .Select(pair => pair.First.Info.Name).ToArray();
        GoldenReport.Line("SmolLM2", "tensors.json", mismatches.Length, 0);
        Assert.Equal(expected.Length, file.Tensors.Length);
        Assert.Empty(mismatches);
    }

    static bool Equal(GgufFile file, GgufTensor tensor, JsonElement expected)
    {
        var raw = file.Raw(tensor, 0, (int)tensor.Bytes);
        var numbers = new float[tensor.Info.Elements];
        TensorDecoder.Widen(tensor.Info.Type, raw, numbers);
        return expected.GetProperty("name").GetString() == tensor.Info.Name
            && expected.GetProperty("type").GetString() == tensor.Info.Type.ToString()
            && expected.GetProperty("data_offset").GetInt64() == tensor.Offset
            && expected.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64()).SequenceEqual(tensor.Info.Shape)
            && expected.GetProperty("sha256_raw").GetString() == Hash(raw)
            && expected.GetProperty("sha256_f32").GetString() == Hash(MemoryMarshal.AsBytes(numbers.AsSpan()));
    }

    static string Hash(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
