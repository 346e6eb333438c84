// peft's adapter configs: defaults, every field applied or refused by name, and starts that took a part of the base away.
using Majlis.Merge;
using Majlis.Merge.Recipes;
using Majlis.Model;
using Majlis.tests.Support;
using Majlis.Text;
using Xunit;

namespace Majlis.tests.Merge;

public sealed class AdaptersAsPeftHasThem : IDisposable
{
    const int Width = TinyLlama.Width;
    const string Config = """
        {"peft_type": "LORA", "task_type": "CAUSAL_LM", "r": 2, "lora_alpha": 3, "target_modules": ["q_proj", "o_proj"]}
        """;

    static readonly string[] modules =
        ["model.layers.0.self_attn.q_proj", "model.layers.1.self_attn.q_proj", "model.layers.0.self_attn.o_proj"];

    readonly TemporaryFolder folder = new();
    int adapters;

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(1.5)]
    [InlineData(4.0, "lora_alpha", null)]
    [InlineData(1.5, "lora_dropout", "0.1", "bias", "\"none\"", "inference_mode", "true", "use_rslora", "null", "modules_to_save", "[]")]
    [InlineData(1.5, "rank_pattern", "null", "alpha_pattern", "null", "layers_to_transform", "null", "init_lora_weights", "null")]
    [InlineData(1.5, "init_lora_weights", "\"gaussian\"", "loftq_config", "{}", "megatron_core", "\"megatron.core\"", "revision", "null")]
    [InlineData(1.5, "init_lora_weights", "\"eva\"", "eva_config", "{\"rho\": 1}", "exclude_modules", "[]", "layers_pattern", "[]")]
    [InlineData(1.5, "fan_in_fan_out", "true")]
    [InlineData(1.5, "target_modules", "\"all-linear\"")]
    [InlineData(1.5, "target_modules", "\".*self_attn.(q|o)_proj\"")]
    [InlineData(2.1213203435596424, "use_rslora", "true")]
    [InlineData(2.5, "alpha_pattern", """{"k_proj": 9, "self_attn.q_proj": 5, "q_proj": 7}""")]
    [InlineData(0.5, "alpha_pattern", """{"layers.[01].self_attn.q_proj": 1}""")]
    [InlineData(1.5, "rank_pattern", """{"q_proj": 2}""", "r", "2")]
    [InlineData(0.0, "exclude_modules", """["q_proj"]""")]
    [InlineData(0.0, "exclude_modules", "\"model.layers.0.*\"")]
    [InlineData(0.0, "layers_to_transform", "1")]
    [InlineData(1.5, "layers_to_transform", "[0]", "layers_pattern", "\"layers\"")]
    [InlineData(0.0, "layers_to_transform", "[0]", "layers_pattern", "[\"h\"]")]
    [InlineData(0.0, "target_modules", "[\"o_proj\"]")]
    [InlineData(1.5, "target_modules", null)]
    public void A_field_changes_what_it_changes_in_peft(double scale, params string?[] changes)
    {
        var (a, b) = (Numbers(1, 2 * Width), Numbers(2, 2 * Width));
        var merged = Merged(Adapter(changes), modules[0], new float[Width * Width]);
        Assert.Equal(Product(b, a, 2).Select(value => scale * value), merged, Near);
    }

    [Theory]
    [InlineData("exclude_modules", "[\"q_proj\"]")]
    [InlineData("layers_to_transform", "[1]")]
    [InlineData("target_modules", "[\"o_proj\"]")]
    public void Tensors_of_a_module_that_is_left_out_are_warned_of(string field, string value)
    {
        using var plan = Plan(Adapter(field, value), Base(null));
        Assert.Contains(plan.Warnings, warning => warning.Contains($"{modules[0]} is left out by {field}", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("peft_type is missing, expected LORA", "peft_type", null)]
    [InlineData("peft_type is IA3, expected LORA", "peft_type", "\"IA3\"")]
    [InlineData("r is \"2\", expected a whole number above 0", "r", "\"2\"")]
    [InlineData("r is 2.5, expected a whole number above 0", "r", "2.5")]
    [InlineData("r is 0, expected", "r", "0")]
    [InlineData("r is null, expected", "r", "null")]
    [InlineData("r is true, expected", "r", "true")]
    [InlineData("lora_alpha is \"3\", expected a number", "lora_alpha", "\"3\"")]
    [InlineData("lora_alpha is null, expected a number", "lora_alpha", "null")]
    [InlineData("lora_alpha is 1e999, expected a number", "lora_alpha", "1e999")]
    [InlineData("lora_dropout is \"0\", expected a number", "lora_dropout", "\"0\"")]
    [InlineData("use_rslora is \"true\", expected true or false", "use_rslora", "\"true\"")]
    [InlineData("use_dora is 1, expected true or false", "use_dora", "1")]
    [InlineData("fan_in_fan_out is 0, expected true or false", "fan_in_fan_out", "0")]
    [InlineData("bias is true, expected text", "bias", "true")]
    [InlineData("bias is \"some\", expected none, all or lora_only", "bias", "\"some\"")]
    [InlineData("task_type is 1, expected text", "task_type", "1")]
    [InlineData("target_modules is 3, expected a list of names", "target_modules", "3")]
    [InlineData("target_modules is [1], expected a list of names", "target_modules", "[1]")]
    [InlineData("target_modules is not a regular expression", "target_modules", "\"(\"")]
    [InlineData("exclude_modules is {}, expected a list of names", "exclude_modules", "{}")]
    [InlineData("modules_to_save is \"lm_head\", expected a list of names", "modules_to_save", "\"lm_head\"")]
    [InlineData("layers_to_transform is [\"0\"], expected a layer's number", "layers_to_transform", "[\"0\"]")]
    [InlineData("layers_to_transform is -1, expected a layer's number", "layers_to_transform", "-1")]
    [InlineData("layers_pattern is 1, expected a name, or a list", "layers_pattern", "1", "layers_to_transform", "0")]
    [InlineData("layers_pattern needs layers_to_transform", "layers_pattern", "\"layers\"")]
    [InlineData("layers_to_transform needs target_modules to be a list", "layers_to_transform", "0", "target_modules", "\".*q_proj\"")]
    [InlineData("rank_pattern is [], expected an object", "rank_pattern", "[]")]
    [InlineData("rank_pattern 'q_proj' is 1.5, expected a whole number", "rank_pattern", "{\"q_proj\": 1.5}")]
    [InlineData("rank_pattern is not a regular expression", "rank_pattern", "{\"[\": 2}")]
    [InlineData("alpha_pattern 'q_proj' is \"x\", expected a number", "alpha_pattern", "{\"q_proj\": \"x\"}")]
    [InlineData("init_lora_weights is 1, expected", "init_lora_weights", "1")]
    [InlineData("init_lora_weights is \"odd\", expected", "init_lora_weights", "\"odd\"")]
    [InlineData("init_lora_weights is pissa_niter_16: what it took", "init_lora_weights", "\"pissa_niter_16\"")]
    [InlineData("init_lora_weights is corda: what it took", "init_lora_weights", "\"corda\"")]
    [InlineData("init_lora_weights is lora_ga: what it took", "init_lora_weights", "\"lora_ga\"")]
    [InlineData("init_lora_weights is loftq: what it took", "init_lora_weights", "\"loftq\"")]
    [InlineData("trainable_token_indices is [1,2], which is not supported", "trainable_token_indices", "[1,2]")]
    [InlineData("target_parameters is", "target_parameters", "[\"experts\"]")]
    [InlineData("layer_replication is", "layer_replication", "[[0, 1]]")]
    [InlineData("lora_bias is true, which is not supported", "lora_bias", "true")]
    [InlineData("use_qalora is true, which is not supported", "use_qalora", "true")]
    [InlineData("arrow_config is", "arrow_config", "{\"top_k\": 3}")]
    [InlineData("kasa_config is", "kasa_config", "{\"beta\": 1}")]
    [InlineData("new_in_2030 is true; the field is not known", "new_in_2030", "true")]
    [InlineData("lora_A.weight is [2, 8], expected [4, 8] by the model and the config's r", "r", "4")]
    [InlineData("lora_A.weight is [2, 8], expected [1, 8]", "rank_pattern", "{\"q_proj\": 1}")]
    [InlineData("no lora_magnitude_vector, but use_dora is true", "use_dora", "true")]
    public void A_field_that_is_wrong_or_not_supported_is_named_with_its_file(string expected, params string?[] changes)
    {
        var message = Refusal(Adapter(changes));
        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.Contains(folder.Path, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[]", "expected a JSON object")]
    [InlineData("{", "adapter_config.json")]
    [InlineData("{\"r\": 1, \"r\": 2}", "adapter_config.json")]
    public void A_config_that_is_no_object_is_refused(string text, string expected)
    {
        var adapter = Adapter();
        File.WriteAllText(Path.Combine(adapter, "adapter_config.json"), text);
        Assert.Contains(expected, Refusal(adapter), StringComparison.Ordinal);
    }

    [Fact]
    public void A_pattern_made_to_run_for_ever_ends() =>
        Assert.Contains("takes too long", Refusal(Adapter("target_modules", "\"((.+)+)+!\"")), StringComparison.Ordinal);

    [Theory]
    [InlineData("model.norm.lora_A.weight", "adapts model.norm, which is no matrix")]
    [InlineData("model.layers.7.self_attn.q_proj.lora_A.weight", "adapts model.layers.7.self_attn.q_proj, which the model does not have")]
    [InlineData("lm_head.weight", "lm_head.weight is [2, 8], the model's lm_head.weight [8, 8]")]
    [InlineData("model.layers.0.mlp.up_proj.weight", "is neither lora_A nor lora_B of a module, nor does adapter_config.json")]
    [InlineData("model.layers.1.self_attn.o_proj.lora_B.weight", "o_proj has lora_B but no lora_A")]
    public void A_tensor_that_fits_nothing_is_named(string name, string expected)
    {
        var adapter = TinyLlama.WriteAdapter(folder.File($"adapter-{++adapters}"), Config, ["target_modules", "\".*\""],
            [.. Tensors(), (name, [2, Width], Numbers(9, 2 * Width))]);
        Assert.Contains(expected, Refusal(adapter), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("lm_head.weight")]
    [InlineData("model.embed_tokens.base_layer.weight")]
    public void Embeddings_that_peft_saved_along_take_the_place_of_the_bases(string name)
    {
        var adapter = TinyLlama.WriteAdapter(folder.File($"adapter-{++adapters}"), Config, [],
            [.. Tensors(), (name, [Width, Width], Numbers(9, Width * Width))]);
        var module = name.Replace(".base_layer", "", StringComparison.Ordinal)[..^".weight".Length];
        Assert.Equal(Numbers(9, Width * Width).Select(value => (double)value), Merged(adapter, module, new float[Width * Width]));
    }

    /// <summary>W = H S H' / 8 with Hadamard's matrix H, so its singular parts are known exactly.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Pissa_means_the_base_less_its_largest_singular_parts(bool rankStabilised)
    {
        double[] singular = [9, 7, 5, 4, 3, 2, 1.5, 1];
        var (h, w) = (Hadamard(), new double[Width * Width]);
        for (var i = 0; i < w.Length; i++)
            for (var k = 0; k < Width; k++) w[i] += h[i / Width, k] * singular[k] * h[i % Width, (k + 3) % Width] / Width;
        var expected = new double[w.Length];
        for (var i = 0; i < w.Length; i++)
            for (var k = 2; k < Width; k++) expected[i] += h[i / Width, k] * singular[k] * h[i % Width, (k + 3) % Width] / Width;
        var scale = rankStabilised ? 3 / Math.Sqrt(2) : 1.5;
        var sum = Product(Numbers(2, 2 * Width), Numbers(1, 2 * Width), 2);
        var adapter = Adapter("init_lora_weights", "\"pissa\"", "use_rslora", rankStabilised ? "true" : "false");
        var merged = Merged(adapter, modules[0], Singles(w));
        Assert.Equal(expected.Zip(sum, (left, right) => left + scale * right), merged, Near);
    }

    /// <summary>W = Q R with Hadamard's columns as Q: OLoRA takes the share of the first two columns.</summary>
    [Fact]
    public void Olora_means_the_base_less_its_first_columns()
    {
        var h = Hadamard();
        double R(int row, int column) => row > column ? 0 : row == column ? 2 + row : 0.25 * (row - column);
        double W(int row, int column, int from) =>
            Enumerable.Range(from, Width - from).Sum(k => h[row, k] / Math.Sqrt(Width) * R(k, column));
        double[] Whole(int from) => [.. Enumerable.Range(0, Width * Width).Select(i => W(i / Width, i % Width, from))];
        var sum = Product(Numbers(2, 2 * Width), Numbers(1, 2 * Width), 2);
        var merged = Merged(Adapter("init_lora_weights", "\"OLoRA\""), modules[0], Singles(Whole(0)));
        Assert.Equal(Whole(2).Zip(sum, (left, right) => left + 1.5 * right), merged, (left, right) => Math.Abs(left - right) < 2e-6);
    }

    static bool Near(double left, double right) => Math.Abs(left - right) < 1e-6;

    static double[,] Hadamard()
    {
        var h = new double[Width, Width];
        for (var i = 0; i < Width; i++)
            for (var j = 0; j < Width; j++) h[i, j] = int.IsEvenInteger(int.PopCount(i & j)) ? 1 : -1;
        return h;
    }

    static float[] Singles(double[] values) => Array.ConvertAll(values, value => (float)value);

    static float[] Numbers(int seed, int count) => [.. Enumerable.Range(0, count).Select(i => MathF.Sin(seed * 10 + i))];

    static double[] Product(float[] b, float[] a, int rank) => [.. Enumerable.Range(0, Width * Width).Select(i =>
        Enumerable.Range(0, rank).Sum(k => (double)b[i / Width * rank + k] * a[k * Width + i % Width]))];

    static (string, long[], float[])[] Tensors() => [.. modules.SelectMany(module => new (string, long[], float[])[]
    {
        ($"{module}.lora_A.weight", [2, Width], Numbers(1, 2 * Width)),
        ($"{module}.lora_B.weight", [Width, 2], Numbers(2, 2 * Width)),
    })];

    string Adapter(params string?[] changes) => TinyLlama.WriteAdapter(folder.File($"adapter-{++adapters}"), Config, changes,
        changes is ["target_modules", null, ..] ? [.. Tensors().Take(4)] : Tensors());

    string Base(float[]? projection) =>
        TinyLlama.Write(folder.File("base"), weights: name => name == modules[0] + ".weight" ? projection : null);

    double[] Merged(string adapter, string module, float[] projection)
    {
        using var plan = Plan(adapter, Base(projection));
        var values = new List<double>();
        plan.Method.Merge(plan.Tensors.Single(tensor => tensor.Name == module + ".weight"), piece => values.AddRange(piece));
        return [.. values];
    }

    static MergePlan Plan(string adapter, string model) => MergePlan.Create(
        MergeRecipe.Parse($"merge_method: linear\nmodels:\n- model: {model}+{adapter}\n  parameters: {{weight: 1.0}}\n"), "");

    string Refusal(string adapter)
    {
        var refusal = Record.Exception(() => Plan(adapter, Base(null)).Dispose());
        Assert.True(refusal is MergeRecipeException or ModelFormatException, $"{refusal}");
        return refusal.Message;
    }
}
