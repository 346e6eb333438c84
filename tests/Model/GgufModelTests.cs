// A GGUF model equals the Hugging Face folder it was converted from: the same Blueprint, the same tensors under the same names.
using System.Text.Json;
using Majlis.Model;
using Majlis.Model.Families;
using Majlis.Model.Weights;
using Majlis.Model.Weights.Gguf;
using Majlis.tests.Support;
using Majlis.Text;
using Xunit;

namespace Majlis.tests.Model;

public sealed class GgufModelTests
{
    public static TheoryData<string> Pairs()
    {
        var folder = Shared.Golden("architectures");
        return Directory.Exists(folder)
            ? [.. Directory.EnumerateDirectories(folder, "gguf_*").Select(path => Path.GetFileName(path)!).Order()] : ["absent"];
    }

    [Theory, MemberData(nameof(Pairs))]
    public void Keys_give_the_blueprint_of_the_config(string name)
    {
        using var file = GgufFile.Open(Shared.Require(Shared.Golden("architectures", name, "model.f32.gguf")));
        using var config = ModelJson.Read(Shared.Golden("architectures", name, "config.json"));
        Assert.Equal(JsonSerializer.Serialize(Families.Read(config.RootElement)),
            JsonSerializer.Serialize(Families.Read(GgufConfig.Read(file))));
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

    /// <summary>The folders that llama.cpp's keys can express: their window patterns and scales are those its graphs hard-code.</summary>
    [Theory]
    [InlineData("llama_untied")]
    [InlineData("llama_bias_headdim")]
    [InlineData("llama_rope3_tied")]
    [InlineData("cohere_plain")]
    [InlineData("cohere_qknorm")]
    [InlineData("cohere2_gqa4")]
    [InlineData("qwen2_nosw")]
    [InlineData("qwen3")]
    [InlineData("gemma2_caps")]
    [InlineData("olmo2")]
    [InlineData("phi3")]
    [InlineData("smollm3")]
    public void A_family_comes_back_from_a_conversion(string name)
    {
        var source = Shared.Require(Shared.Golden("architectures", name));
        using var target = new TemporaryFolder();
        GgufConversion.Convert(source, target.File("model.gguf"));
        using var folder = Checkpoint.Open(source);
        using var gguf = Checkpoint.Open(target.File("model.gguf"));
        Assert.Equal(JsonSerializer.Serialize(folder.Blueprint), JsonSerializer.Serialize(gguf.Blueprint));
        Assert.Equal(folder.Blueprint.Layers.Select(layer => layer.Attention.Rotary?.Scaling), gguf.Blueprint.Layers
            .Select(layer => layer.Attention.Rotary?.Scaling));
        foreach (var (tensor, info) in folder.Weights.Tensors)
        {
            var (expected, actual) = (Read(folder.Weights, tensor, 0, (int)info.Elements),
                Read(gguf.Weights, tensor, 0, (int)info.Elements));
            // (w + 1) - 1 loses the bits of w that 1 + w cannot hold; everything else is exact.
            if (name == "gemma2_caps" && tensor.EndsWith("norm.weight", StringComparison.Ordinal))
                Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 5e-7f));
            else Assert.Equal(expected, actual);
        }
    }

    [Fact]
    public void A_split_model_is_opened_by_its_first_part()
    {
        using var folder = new TemporaryFolder();
        using var whole = GgufWeights.Open(Shared.Require(Shared.Golden("architectures", "gguf_cohere2", "model.f32.gguf")));
        Part(folder.File("m-00001-of-00002.gguf"), whole, tensor => tensor.Info.Name.StartsWith("blk.0.", StringComparison.Ordinal));
        Part(folder.File("m-00002-of-00002.gguf"), whole, tensor => !tensor.Info.Name.StartsWith("blk.0.", StringComparison.Ordinal));
        using (var split = GgufWeights.Open(folder.File("m-00001-of-00002.gguf")))
            foreach (var (tensor, info) in whole.Tensors)
                Assert.Equal(Read(whole, tensor, 0, (int)info.Elements), Read(split, tensor, 0, (int)info.Elements));
        Assert.Contains("name the first part", Assert.Throws<ModelFormatException>(() =>
            GgufWeights.Open(folder.File("m-00002-of-00002.gguf"))).Message, StringComparison.Ordinal);
        File.Move(folder.File("m-00001-of-00002.gguf"), folder.File("m.gguf"));
        Assert.Contains("one of 2 parts", Assert.Throws<ModelFormatException>(() => GgufWeights.Open(folder.File("m.gguf"))).Message,
            StringComparison.Ordinal);
    }

    /// <summary>The head's own tensor, the table of frequencies, or every tensor may be in a later part.</summary>
    [Theory]
    [InlineData("llama_untied", "output.weight")]
    [InlineData("llama_untied", "token_embd.weight")]
    [InlineData("llama_untied", "")]
    [InlineData("llama_rope3_tied", "rope_freqs.weight")]
    [InlineData("llama_bias_headdim", "blk.0.attn_q.bias")]
    [InlineData("cohere_qknorm", "blk.0.attn_q_norm.weight")]
    public void A_split_model_is_described_by_the_tensors_of_all_its_parts(string name, string inTheSecond)
    {
        var source = Shared.Require(Shared.Golden("architectures", name));
        using var target = new TemporaryFolder();
        bool Later(string tensor) => inTheSecond == "" || tensor == inTheSecond;
        GgufConversion.Convert(source, target.File("m-00001-of-00002.gguf"), 2, tensor => !Later(tensor));
        GgufConversion.Convert(source, target.File("m-00002-of-00002.gguf"), 2, Later);
        using var folder = Checkpoint.Open(source);
        using var split = Checkpoint.Open(target.File("m-00001-of-00002.gguf"));
        Assert.Equal(JsonSerializer.Serialize(folder.Blueprint), JsonSerializer.Serialize(split.Blueprint));
        Assert.Equal(folder.Blueprint.Layers[0].Attention.Rotary, split.Blueprint.Layers[0].Attention.Rotary);
        Assert.Equal(folder.Weights.Tensors.Keys.Order(), split.Weights.Tensors.Keys.Order());
    }

    [Fact]
    public void Yarn_is_turned_by_the_files_own_factor_too()
    {
        using var target = new TemporaryFolder();
        GgufConversion.Convert(Shared.Require(Shared.Golden("architectures", "llama_untied")), target.File("m.gguf"), more:
        [
            ("rope.scaling.type", "yarn"), ("rope.scaling.factor", 4f), ("rope.scaling.original_context_length", 32),
            ("rope.scaling.attn_factor", 0.5f),
        ]);
        using var gguf = Checkpoint.Open(target.File("m.gguf"));
        Assert.Equal((1 + 0.1 * Math.Log(4)) / 2, gguf.Blueprint.Layers[0].Attention.Rotary!.AttentionFactor, 1e-6);
    }

    [Fact]
    public void Windows_that_olmo2_does_not_have_are_refused()
    {
        using var target = new TemporaryFolder();
        GgufConversion.Convert(Shared.Require(Shared.Golden("architectures", "olmo2")), target.File("m.gguf"),
            more: ("attention.sliding_window", 4096));
        Assert.Contains("olmo2.attention.sliding_window", Message(target.File("m.gguf")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_number_of_layers_beyond_all_models_is_refused_before_it_is_believed()
    {
        using var target = new TemporaryFolder();
        new GgufBuilder().Key("general.architecture", "llama").Key("llama.embedding_length", 8).Key("llama.feed_forward_length", 8)
            .Key("llama.block_count", 1 << 28).Key("llama.context_length", 8).Key("llama.attention.head_count", 1)
            .Key("llama.attention.layer_norm_rms_epsilon", 1e-5f).Tensor("token_embd.weight", [4, 8], new float[32])
            .Save(target.File("m.gguf"));
        Assert.Contains("llama.block_count", Message(target.File("m.gguf")), StringComparison.Ordinal);
    }

    static string Message(string path) => Assert.Throws<ModelFormatException>(() => Checkpoint.Open(path)).Message;

    static void Part(string path, GgufWeights whole, Func<GgufTensor, bool> isIn)
    {
        var builder = new GgufBuilder().Key("general.architecture", "cohere2").Key("split.count", 2).Key("cohere2.attention.head_count", 4);
        foreach (var tensor in whole.File.Tensors.Where(isIn))
        {
            var numbers = new float[tensor.Info.Elements];
            whole.File.Widen(tensor, 0, numbers);
            builder.Tensor(tensor.Info.Name, tensor.Info.Shape, numbers);
        }
        builder.Save(path);
    }

    [Fact]
    public void A_permuted_row_has_its_own_bytes_and_only_a_row_at_a_time()
    {
        using var gguf = GgufWeights.Open(Shared.Require(Shared.Golden("architectures", "gguf_llama", "model.f32.gguf")));
        using var folder = SafetensorsFolder.Open(Shared.Golden("architectures", "gguf_llama"));
        const string query = "model.layers.1.self_attn.q_proj.weight";
        const int row = 32 * sizeof(float);
        Assert.Equal(folder.Raw(query, 5 * row, row), gguf.Raw(query, 5 * row, row));
        Assert.Contains("another order", Assert.Throws<ModelFormatException>(() => gguf.Raw(query, row / 2, row)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void SmolLM2_is_a_tied_llama_of_thirty_layers()
    {
        using var gguf = GgufWeights.Open(Shared.Require(Shared.SmolLM2));
        var blueprint = Families.Read(GgufConfig.Read(gguf.File));
        blueprint.Check(gguf);
        Assert.True(blueprint.IsTied);
        Assert.Equal((30, 576, 49152, 8192),
            (blueprint.Layers.Length, blueprint.HiddenSize, blueprint.VocabularySize, blueprint.MaxPositions));
        Assert.Equal((9, 3, 64),
            (blueprint.Layers[0].Attention.Heads, blueprint.Layers[0].Attention.KeyValueHeads, blueprint.Layers[0].Attention.HeadDim));
        Assert.Equal(100000, blueprint.Layers[0].Attention.Rotary!.Theta);
    }

    static float[] Read(IWeightSource source, string name, long first, int count)
    {
        var numbers = new float[count];
        source.Read(name, first, numbers);
        return numbers;
    }
}
