// Inputs of a merge whose configs are written differently: only their meaning counts.
using Majlis.Merge;
using Majlis.Merge.Recipes;
using Majlis.Model;
using Majlis.tests.Support;
using Majlis.Text;
using Xunit;

namespace Majlis.tests.Merge;

public sealed class ConfigsByMeaning : IDisposable
{
    readonly TemporaryFolder folder = new();
    int models;

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("rope_theta", null, "rope_parameters", """{"rope_theta": 10000, "rope_type": "default"}""")]
    [InlineData("rope_theta", null)]
    [InlineData("rope_theta", "10000", "rope_parameters", """{"rope_theta": 1e4}""")]
    [InlineData("rope_scaling", "null", "attention_bias", "false", "mlp_bias", "false", "head_dim", "4")]
    [InlineData("torch_dtype", null, "dtype", "\"bfloat16\"")]
    [InlineData("transformers_version", "\"5.0.0\"", "use_cache", "false", "architectures", "null", "_name_or_path", "\"x\"")]
    [InlineData("pad_token_id", "3", "eos_token_id", "[1, 2]", "initializer_range", "0.1", "pretraining_tp", "2")]
    [InlineData("max_position_embeddings", "128")]
    [InlineData("rms_norm_eps", "0.00001")]
    [InlineData("model_type", "\"mistral\"", "architectures", "[\"MistralForCausalLM\"]", "sliding_window", "null")]
    public void Other_words_for_the_same_network_are_merged(params string?[] changes)
    {
        using var plan = Plan(Model(), Model(changes));
        Assert.Equal(21, plan.Tensors.Length);
    }

    [Theory]
    [InlineData("rope_theta is 10000 and 500000", "rope_theta", null, "rope_parameters", """{"rope_theta": 500000}""")]
    [InlineData("rope_theta is 10000 and 20000", "rope_theta", "20000")]
    [InlineData("rope_scaling is none and linear", "rope_scaling", """{"type": "linear", "factor": 2}""")]
    [InlineData("rms_norm_eps is 1E-05 and 1E-06", "rms_norm_eps", null)]
    [InlineData("sliding_window is none and 4", "model_type", "\"mistral\"", "sliding_window", "4")]
    [InlineData("num_key_value_heads is 1 and 2", "num_key_value_heads", "2")]
    [InlineData("num_key_value_heads is 1 and 2", "num_key_value_heads", null)]
    [InlineData("head_dim is 4 and 2", "head_dim", "2")]
    [InlineData("intermediate_size is 12 and 16", "intermediate_size", "16")]
    [InlineData("vocab_size is 8 and 9", "vocab_size", "9")]
    [InlineData("tie_word_embeddings is false and true", "tie_word_embeddings", "true")]
    [InlineData("attention_bias is false and true", "attention_bias", "true")]
    [InlineData("mlp_bias is false and true", "mlp_bias", "true")]
    [InlineData("field 'chunked' = 7 is not understood", "chunked", "7")]
    [InlineData("model_type 'riddle' is not known", "model_type", "\"riddle\"")]
    public void Another_network_is_refused_by_its_field_and_both_values(string expected, params string?[] changes) =>
        Assert.Contains(expected, Refusal(Model(), Model(changes)), StringComparison.Ordinal);

    [Fact]
    public void Every_factor_of_a_long_rotation_counts()
    {
        string Long(string last) => "{\"rope_type\": \"longrope\", \"rope_theta\": 10000, \"short_factor\": [1, 1], \"long_factor\": [1, "
            + last + "], \"original_max_position_embeddings\": 32}";
        using (Plan(Model("rope_parameters", Long("2")), Model("rope_parameters", Long("2.0")))) { }
        Assert.Contains("Long[1] is 2 and 3", Refusal(Model("rope_parameters", Long("2")), Model("rope_parameters", Long("3"))),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a", null)]
    [InlineData("b", "x = 2 and nothing")]
    public void An_unknown_family_must_agree_in_every_field(string unlike, string? expected)
    {
        var left = Model("model_type", "\"riddle\"", "x", "2");
        var right = Model("model_type", "\"riddle\"", "x", unlike == "a" ? "2" : null);
        if (expected is not null) Assert.Contains(expected, Refusal(left, right), StringComparison.Ordinal);
        else Plan(left, right).Dispose();
    }

    [Fact]
    public void A_config_that_is_no_object_or_says_a_thing_twice_is_refused()
    {
        var model = Model();
        File.WriteAllText(Path.Combine(model, "config.json"), "[]");
        Assert.Contains("expected a JSON object", Refusal(model, Model()), StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(model, "config.json"), """{"model_type": "llama", "model_type": "llama"}""");
        Assert.Contains("model_type", Assert.Throws<ModelFormatException>(() => Plan(model, Model())).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"model": {"vocab": {"x": 0, "y": 1}}}""", null)]
    [InlineData("""{"model": {"vocab": {"y": 1}}, "added_tokens": [{"id": 0, "content": "x", "special": true}]}""", null)]
    [InlineData("""{"model": {"vocab": [["x", -1.5], ["y", 0]]}, "added_tokens": null}""", null)]
    [InlineData("""{"model": {"vocab": {"x": 1, "y": 0}}}""", "'x' is token 0 and token 1")]
    [InlineData("""{"model": {"vocab": {"x": 0}}}""", "'y' is token 1 and no token")]
    [InlineData("""{"model": {"vocab": {"x": 0, "y": "1"}}}""", "expected model.vocab")]
    [InlineData("""{"model": null}""", "expected model.vocab")]
    [InlineData("""{}""", "expected model.vocab")]
    public void Vocabularies_are_compared_token_by_token(string tokenizer, string? expected)
    {
        var (left, right) = (Model(), Model());
        File.WriteAllText(Path.Combine(left, "tokenizer.json"), """{"model": {"vocab": {"x": 0, "y": 1}}}""");
        File.WriteAllText(Path.Combine(right, "tokenizer.json"), tokenizer);
        if (expected is null) Plan(left, right).Dispose();
        else Assert.Contains(expected, Assert.ThrowsAny<Exception>(() => Plan(left, right)).Message, StringComparison.Ordinal);
    }

    string Model(params string?[] changes) => TinyLlama.Write(folder.File($"model-{++models}"), changes);

    static MergePlan Plan(string left, string right) => MergePlan.Create(MergeRecipe.Parse(
        $"merge_method: linear\nparameters: {{weight: 1}}\nmodels:\n- model: {left}\n- model: {right}\n"), "");

    static string Refusal(string left, string right) => Assert.Throws<MergeRecipeException>(() => Plan(left, right).Dispose()).Message;
}
