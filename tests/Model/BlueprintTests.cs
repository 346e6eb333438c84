// Both config styles give the same network, and no field of a config that might change a result is ignored.
using System.Text.Json;
using System.Text.Json.Nodes;
using Majlis.Model;
using Majlis.Model.Families;
using Majlis.tests.Support;
using Majlis.Text;
using Xunit;

namespace Majlis.tests.Model;

public sealed class BlueprintTests
{
    static readonly JsonSerializerOptions indented = new() { WriteIndented = true, Converters = { new ScalingConverter() } };

    public static TheoryData<string> ConfigFolders
    {
        get
        {
            var root = Shared.Golden("architectures");
            var folders = Directory.Exists(root)
                ? Directory.EnumerateFiles(root, "config.v4.json", SearchOption.AllDirectories)
                    .Select(file => Path.GetRelativePath(root, Path.GetDirectoryName(file)!)).Order().ToArray()
                : [];
            return [.. folders.DefaultIfEmpty("absent")];
        }
    }

    [Theory, MemberData(nameof(ConfigFolders))]
    public void Both_config_styles_describe_the_same_network(string folder)
    {
        Assert.SkipWhen(folder == "absent", "not here: goldens/architectures");
        var (now, before) = (Read(folder, "config.json"), Read(folder, "config.v4.json"));
        Assert.Equal(JsonSerializer.Serialize(now, indented), JsonSerializer.Serialize(before, indented));
    }

    [Theory]
    [InlineData("""{"mystery_gate": 3}""", "mystery_gate")]
    [InlineData("""{"hidden_act": "relu2"}""", "hidden_act")]
    [InlineData("""{"hidden_size": null}""", "hidden_size")]
    [InlineData("""{"rope_scaling": {"rope_type": "spiral"}}""", "spiral")]
    [InlineData("""{"rope_scaling": {"rope_type": "linear", "factor": 2, "twist": 1}}""", "rope_scaling.twist")]
    [InlineData("""{"rope_scaling": {"rope_type": "llama3", "factor": 2}}""", "low_freq_factor")]
    [InlineData("""{"quantization_config": {"bits": 4}}""", "quantization_config")]
    [InlineData("""{"model_type": "mamba"}""", "mamba")]
    [InlineData("""{"architectures": ["LlamaForTokenClassification"]}""", "LlamaForTokenClassification")]
    [InlineData("""{"num_key_value_heads": 3}""", "num_key_value_heads")]
    [InlineData("""{"num_hidden_layers": 268435456}""", "num_hidden_layers")]
    [InlineData("""{"architectures": [1]}""", "architectures")]
    [InlineData("""{"architectures": ["LlamaForSequenceClassification"], "id2label": ["good"]}""", "id2label")]
    [InlineData("""{"model_type": "mistral", "num_key_value_heads": 4, "layer_types": [1, 2]}""", "layer_types")]
    [InlineData("""{"model_type": "qwen2", "num_key_value_heads": 4, "layer_types": [1, 2]}""", "layer_types")]
    [InlineData("""{"model_type": "smollm3", "no_rope_layers": [true, 1]}""", "no_rope_layers")]
    [InlineData("""{"model_type": "gemma3_text", "rope_parameters": []}""", "rope_parameters")]
    [InlineData("""{"rope_parameters": 3}""", "rope_parameters")]
    [InlineData("""{"rope_scaling": "linear"}""", "rope_scaling")]
    [InlineData("""{"rope_scaling": {"rope_type": 3}}""", "rope_scaling.rope_type")]
    [InlineData("""{"rope_scaling": {"type": "yarn", "factor": 2, "truncate": "x"}}""", "rope_scaling.truncate")]
    [InlineData("""{"rope_scaling": {"type": "longrope", "short_factor": ["a", 1], "long_factor": [1, 1]}}""", "rope_scaling.short_factor")]
    [InlineData("""{"rope_scaling": {"type": "yarn", "factor": 2, "original_max_position_embeddings": 1e12}}""",
        "rope_scaling.original_max_position_embeddings")]
    public void A_field_that_is_not_understood_is_an_error_that_names_it(string change, string named)
    {
        var config = Llama();
        foreach (var (name, value) in JsonNode.Parse(change)!.AsObject()) config[name] = value?.DeepClone();
        var error = Assert.Throws<ModelFormatException>(() => Families.Read(JsonSerializer.SerializeToElement(config)));
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }

    /// <summary>transformers' own defaults for each family; null if its configuration class has none.</summary>
    [Theory]
    [InlineData("llama", 2048, null)]
    [InlineData("mistral", 131072, null)]
    [InlineData("ministral", 131072, null)]
    [InlineData("qwen2", 32768, null)]
    [InlineData("qwen3", 32768, null)]
    [InlineData("cohere", 8192, 0)]
    [InlineData("cohere2", 8192, 0)]
    [InlineData("gemma2", 8192, 0)]
    [InlineData("gemma3_text", 131072, 0)]
    [InlineData("olmo2", 2048, 1)]
    [InlineData("phi3", 4096, 32000)]
    [InlineData("smollm3", 32768, 128004)]
    [InlineData("bert", 512, 0)]
    public void What_a_file_leaves_out_is_the_familys_own_default(string family, int positions, int? pad)
    {
        var config = Llama();
        (config["model_type"], config["head_dim"], config["num_key_value_heads"]) = (family, 4, 4);
        if (family == "bert")
        {
            config.Remove("head_dim");
            config.Remove("num_key_value_heads");
        }
        var blueprint = Families.Read(JsonSerializer.SerializeToElement(config));
        Assert.Equal((positions, pad), (blueprint.MaxPositions, blueprint.PadToken));
        (config["max_position_embeddings"], config["pad_token_id"]) = (77, null);
        blueprint = Families.Read(JsonSerializer.SerializeToElement(config));
        Assert.Equal((77, null), (blueprint.MaxPositions, blueprint.PadToken));
    }

    [Fact]
    public void A_negative_padding_id_means_none()
    {
        var config = Llama();
        config["pad_token_id"] = -1;
        Assert.Null(Families.Read(JsonSerializer.SerializeToElement(config)).PadToken);
    }

    /// <summary>Fields of well-known checkpoints that change nothing with the values they have there.</summary>
    [Theory]
    [InlineData("phi3", """{"full_attn_mod": 1, "interpolate_factor": 1, "lm_head_bias": false, "mlp_bias": false}""")]
    [InlineData("cohere", """{"model_max_length": 131072}""")]
    [InlineData("bert", """
        {"directionality": "bidi", "pooler_fc_size": 768, "pooler_num_attention_heads": 12, "pooler_num_fc_layers": 3,
         "pooler_size_per_head": 128, "pooler_type": "first_token_transform"}
        """)]
    public void Fields_that_change_nothing_are_accepted(string family, string fields)
    {
        var config = Llama();
        config["model_type"] = family;
        foreach (var (name, value) in JsonNode.Parse(fields)!.AsObject()) config[name] = value?.DeepClone();
        Assert.Equal(family, Families.Read(JsonSerializer.SerializeToElement(config)).Family);
    }

    [Fact]
    public void Command_R_plus_names_its_context_in_a_field_of_its_own()
    {
        var config = Llama();
        (config["model_type"], config["model_max_length"], config["max_position_embeddings"]) = ("cohere", 131072, 8192);
        Assert.Equal(131072, Families.Read(JsonSerializer.SerializeToElement(config)).MaxPositions);
        config["max_position_embeddings"] = 200_000;
        Assert.Equal(200_000, Families.Read(JsonSerializer.SerializeToElement(config)).MaxPositions);
    }

    [Fact]
    public void Cache_groups_hold_layers_of_one_window_full_attention_first()
    {
        var config = Llama();
        config["num_key_value_heads"] = 2;
        (config["model_type"], config["layer_types"]) = ("qwen2", new JsonArray("sliding_attention", "full_attention"));
        (config["use_sliding_window"], config["sliding_window"]) = (true, 6);
        var groups = Families.Read(JsonSerializer.SerializeToElement(config)).CacheGroups;
        Assert.Equal([null, 6], groups.Select(group => group.Window));
        Assert.Equal([1], groups[0].Layers);
        Assert.Equal([0], groups[1].Layers);
    }

    static Blueprint Read(string folder, string file)
    {
        using var config = JsonDocument.Parse(File.ReadAllText(Shared.Golden("architectures", folder, file)));
        return Families.Read(config.RootElement);
    }

    static JsonObject Llama() => new()
    {
        ["model_type"] = "llama",
        ["vocab_size"] = 20,
        ["hidden_size"] = 16,
        ["intermediate_size"] = 24,
        ["num_hidden_layers"] = 2,
        ["num_attention_heads"] = 4,
    };

    /// <summary>Scalings form a small closed hierarchy; the serializer must see the derived record's fields.</summary>
    sealed class ScalingConverter : System.Text.Json.Serialization.JsonConverter<RotaryScaling>
    {
        public override RotaryScaling Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            throw new NotSupportedException();

        public override void Write(Utf8JsonWriter writer, RotaryScaling value, JsonSerializerOptions options) =>
            JsonSerializer.Serialize<object>(writer, value.ToString());
    }
}
