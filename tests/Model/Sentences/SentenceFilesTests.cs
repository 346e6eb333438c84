// What sentence-transformers' files say of an encoder: pooling, prompts, lengths, modules behind the pooling; and what is refused.
using System.Text.Json;
using Majlis.Model;
using Majlis.Model.Families;
using Majlis.Model.Sentences;
using Majlis.Model.Weights;
using Majlis.tests.Support;
using Majlis.Text;
using Xunit;

namespace Majlis.tests.Model.Sentences;

public sealed class SentenceFilesTests : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("majlis-sentences-").FullName;

    [Fact]
    public void A_usual_model_is_the_mean_at_unit_length_with_its_prompts()
    {
        var config = Read();
        Assert.Equal((Pooling.Mean, TinyEncoder.MaxTokens, TinyEncoder.Size), (config.Pooling, config.MaxTokens, config.Size));
        Assert.IsType<UnitLength>(Assert.Single(config.Steps));
        Assert.Equal(("ask ", "tell ", ""), (config.QueryPrompt, config.DocumentPrompt, config.Prompt()));
    }

    [Fact]
    public void Without_modules_it_is_the_mean_at_unit_length_and_as_long_as_the_network()
    {
        var config = Read(("modules.json", null), ("tokenizer_config.json", """{"model_max_length": 30}"""));
        Assert.Equal((Pooling.Mean, 30), (config.Pooling, config.MaxTokens));
        Assert.IsType<UnitLength>(Assert.Single(config.Steps));
        Assert.Empty(config.Prompts);
    }

    [Theory]
    [InlineData("""{"pooling_mode_cls_token": true, "pooling_mode_mean_tokens": false}""", Pooling.First, false)]
    [InlineData("""{"pooling_mode_lasttoken": true}""", Pooling.Last, false)]
    [InlineData("""{"pooling_mode_mean_sqrt_len_tokens": true}""", Pooling.Mean, true)]
    [InlineData("""{"pooling_mode": "cls"}""", Pooling.First, false)]
    [InlineData("""{"pooling_mode": "mean", "include_prompt": true}""", Pooling.Mean, false)]
    public void Each_pooling_has_old_flags_or_a_new_name(string json, Pooling pooling, bool byRoot)
    {
        var config = Read(("1_Pooling/config.json", json));
        Assert.Equal((pooling, byRoot), (config.Pooling, config.DividesByRoot));
    }

    [Fact]
    public void A_vector_without_a_normalising_module_keeps_its_length()
    {
        var config = Read(("modules.json", TinyEncoder.Modules("Transformer", "Pooling")));
        Assert.Equal([3f, 4f], config.Finish([3, 4], 2));
        Assert.Equal([6f, 8f], (config with { DividesByRoot = true }).Finish([3, 4], 4));
        Assert.Equal([0.6f, 0.8f], Read().Finish([3, 4], 2));
    }

    [Theory]
    [InlineData("torch.nn.modules.activation.Tanh", true)]
    [InlineData("torch.nn.modules.linear.Identity", false)]
    public void A_dense_layer_is_a_product_a_bias_and_an_activation(string activation, bool isTanh)
    {
        float[] weight = [.. Enumerable.Range(0, 3 * TinyEncoder.Size).Select(i => MathF.Sin(i))];
        TinyEncoder.Write(folder, files: [("modules.json", TinyEncoder.Modules("Transformer", "Pooling", "Dense")),
            ("2_Dense/config.json",
                $$"""{"in_features": 16, "out_features": 3, "bias": true, "activation_function": "{{activation}}"}""")]);
        SafetensorsWriter.WriteFile(Path.Combine(folder, "2_Dense", "model.safetensors"),
            [new("linear.weight", TensorType.F32, [3, TinyEncoder.Size]), new("linear.bias", TensorType.F32, [3])],
            (tensor, output) => output.Write(tensor.Name == "linear.bias" ? [1f, 2f, 3f] : weight));
        float[] pooled = [.. Enumerable.Range(0, TinyEncoder.Size).Select(i => MathF.Cos(i) / 4)];
        var config = SentenceFiles.Read(folder, Blueprint());
        Assert.Equal(3, config.Size);
        var found = config.Finish([.. pooled], 1);
        for (var row = 0; row < 3; row++)
        {
            var sum = row + 1 + pooled.Select((value, i) => value * weight[row * TinyEncoder.Size + i]).Sum();
            Assert.Equal(isTanh ? MathF.Tanh(sum) : sum, found[row], 1e-5f);
        }
    }

    [Theory]
    [InlineData("1_Pooling/config.json", """{"pooling_mode_max_tokens": true}""", "max_tokens")]
    [InlineData("1_Pooling/config.json", """{"pooling_mode_cls_token": true, "pooling_mode_mean_tokens": true}""",
        "cls_token, mean_tokens")]
    [InlineData("1_Pooling/config.json", """{"pooling_mode": "max"}""", "pooling_mode")]
    [InlineData("1_Pooling/config.json", """{"pooling_mode": "mean", "include_prompt": false}""", "include_prompt")]
    [InlineData("1_Pooling/config.json", null, "1_Pooling")]
    [InlineData("modules.json", """[{"path": "", "type": "a.Transformer"}]""", "Pooling")]
    [InlineData("modules.json", """[{"path": "../x", "type": "a.Transformer"}]""", "path")]
    [InlineData("modules.json", "{}", "modules.json")]
    [InlineData("sentence_bert_config.json", """{"max_seq_length": "long"}""", "max_seq_length")]
    [InlineData("config_sentence_transformers.json", """{"prompts": {"a": 1}}""", "prompts")]
    [InlineData("config_sentence_transformers.json", """{"default_prompt_name": "a"}""", "default_prompt_name")]
    public void What_would_change_the_vectors_unseen_is_refused_with_the_file(string file, string? text, string named)
    {
        var error = Assert.Throws<ModelFormatException>(() => Read((file, text)));
        Assert.StartsWith(folder, error.Message, StringComparison.Ordinal);
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_module_that_is_not_known_is_refused() => Assert.Contains("CNN", Assert.Throws<ModelFormatException>(
        () => Read(("modules.json", TinyEncoder.Modules("Transformer", "Pooling", "CNN")))).Message, StringComparison.Ordinal);

    SentenceConfig Read(params (string Name, string? Text)[] files) =>
        SentenceFiles.Read(TinyEncoder.Write(folder, files: files), Blueprint());

    Blueprint Blueprint()
    {
        using var config = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "config.json")));
        return Families.Read(config.RootElement);
    }

    public void Dispose() => TemporaryFolder.Remove(folder);
}
