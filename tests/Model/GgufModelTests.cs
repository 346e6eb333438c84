// A GGUF model is the Hugging Face folder it was converted from: the same Blueprint, the same tensors under the same names.
using System.Text.Json;
using Majlis.Model;
using Majlis.Model.Families;
using Majlis.Model.Weights;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Model;

public sealed class GgufModelTests
{
    public static TheoryData<string> Pairs()
    {
        var folder = Shared.Golden("architectures");
        return Directory.Exists(folder) ? [.. Directory.EnumerateDirectories(folder, "gguf_*").Select(path => Path.GetFileName(path)!).Order()] : ["absent"];
    }

    [Theory, MemberData(nameof(Pairs))]
    public void Keys_give_the_blueprint_of_the_config(string name)
    {
        using var file = GgufFile.Open(Shared.Require(Shared.Golden("architectures", name, "model.f32.gguf")));
        using var config = ModelJson.Read(Shared.Golden("architectures", name, "config.json"));
        Assert.Equal(JsonSerializer.Serialize(Families.Read(config.RootElement)), JsonSerializer.Serialize(Families.Read(GgufConfig.Read(file))));
    }

    [Theory, MemberData(nameof(Pairs))]
    public void Tensors_are_those_of_the_folder_in_any_range(string name)
    {
        using var gguf = GgufWeights.Open(Shared.Require(Shared.Golden("architectures", name, "model.f32.gguf")));
        using var folder = SafetensorsFolder.Open(Shared.Golden("architectures", name));
        Assert.Equal(folder.Tensors.Keys.Order(), gguf.Tensors.Keys.Order());
        foreach (var (tensor, info) in folder.Tensors)
        {
            Assert.Equal(info.Shape, gguf.Tensors[tensor].Shape);
            Assert.Equal(Read(folder, tensor, 0, (int)info.Elements), Read(gguf, tensor, 0, (int)info.Elements));
            var (first, count) = ((int)info.Elements / 3 + 1, (int)info.Elements / 2);
            Assert.Equal(Read(folder, tensor, first, count), Read(gguf, tensor, first, count));
        }
    }

    [Fact]
    public void A_permuted_row_has_its_own_bytes_and_only_a_row_at_a_time()
    {
        using var gguf = GgufWeights.Open(Shared.Require(Shared.Golden("architectures", "gguf_llama", "model.f32.gguf")));
        using var folder = SafetensorsFolder.Open(Shared.Golden("architectures", "gguf_llama"));
        const string query = "model.layers.1.self_attn.q_proj.weight";
        const int row = 32 * sizeof(float);
        Assert.Equal(folder.Raw(query, 5 * row, row), gguf.Raw(query, 5 * row, row));
        Assert.Contains("another order", Assert.Throws<ModelFormatException>(() => gguf.Raw(query, row / 2, row)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void SmolLM2_is_a_tied_llama_of_thirty_layers()
    {
        using var gguf = GgufWeights.Open(Shared.Require(Shared.SmolLM2));
        var blueprint = Families.Read(GgufConfig.Read(gguf.File));
        blueprint.Check(gguf);
        Assert.True(blueprint.IsTied);
        Assert.Equal((30, 576, 49152, 8192), (blueprint.Layers.Length, blueprint.HiddenSize, blueprint.VocabularySize, blueprint.MaxPositions));
        Assert.Equal((9, 3, 64), (blueprint.Layers[0].Attention.Heads, blueprint.Layers[0].Attention.KeyValueHeads, blueprint.Layers[0].Attention.HeadDim));
        Assert.Equal(100000, blueprint.Layers[0].Attention.Rotary!.Theta);
    }

    static float[] Read(IWeightSource source, string name, long first, int count)
    {
        var numbers = new float[count];
        source.Read(name, first, numbers);
        return numbers;
    }
}
