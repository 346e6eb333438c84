// Both config styles mean the same network, and nothing in a config is ignored that might change a result.
using System.Text.Json;
using System.Text.Json.Nodes;
using Majlis.Model;
using Majlis.Model.Families;
using Majlis.tests.Support;
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
    public void A_field_that_is_not_understood_is_an_error_that_names_it(string change, string named)
    {
        var config = Llama();
        foreach (var (name, value) in JsonNode.Parse(change)!.AsObject()) config[name] = value?.DeepClone();
        var error = Assert.Throws<ModelFormatException>(() => Families.Read(JsonSerializer.SerializeToElement(config)));
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
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

    /// <summary>Scalings are a small closed family; the serializer must see the derived record's fields.</summary>
    sealed class ScalingConverter : System.Text.Json.Serialization.JsonConverter<RotaryScaling>
    {
        public override RotaryScaling Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            throw new NotSupportedException();

        public override void Write(Utf8JsonWriter writer, RotaryScaling value, JsonSerializerOptions options) =>
            JsonSerializer.Serialize<object>(writer, value.ToString());
    }
}
