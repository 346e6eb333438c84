// Do these models mean the same by the same tensor? Compares configs and vocabularies before any weight is read.
// Knows which config keys do not change the network; every other key must agree.
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Majlis.Merge;

static class InputComparison
{
    /// <summary>Keys about files, training or decoding; and the depth, which slices are checked for apart.</summary>
    static readonly HashSet<string> harmless =
    [
        "_name_or_path", "torch_dtype", "dtype", "transformers_version", "use_cache", "num_hidden_layers", "layer_types", "max_window_layers",
        "bos_token_id", "eos_token_id", "pad_token_id", "initializer_range", "attention_dropout", "architectures", "_attn_implementation",
        "chunk_size_feed_forward", "output_attentions", "output_hidden_states", "return_dict",
    ];

    /// <exception cref="MergeRecipeException">Names the key and the two models that differ in it.</exception>
    public static void Check(IReadOnlyList<MergeInput> inputs)
    {
        foreach (var other in inputs.Skip(1))
        {
            CompareConfigs(inputs[0], other);
            CompareVocabularies(inputs[0], other);
        }
    }

    static void CompareConfigs(MergeInput first, MergeInput other)
    {
        var (a, b) = (Keys(first.Config), Keys(other.Config));
        foreach (var key in a.Keys.Union(b.Keys).Where(key => !harmless.Contains(key)).Order(StringComparer.Ordinal))
        {
            var (left, right) = (a.GetValueOrDefault(key), b.GetValueOrDefault(key));
            if (!JsonNode.DeepEquals(Node(left), Node(right)))
                throw new MergeRecipeException($"{first.Name} and {other.Name} are different networks: config.json has {key} = {Show(left)} and {Show(right)}");
        }
    }

    static Dictionary<string, JsonElement> Keys(JsonElement config) =>
        config.EnumerateObject().ToDictionary(property => property.Name, property => property.Value);

    static JsonNode? Node(JsonElement element) => element.ValueKind == JsonValueKind.Undefined ? null : JsonNode.Parse(element.GetRawText());

    static string Show(JsonElement element) => element.ValueKind == JsonValueKind.Undefined ? "nothing" : element.GetRawText();

    static void CompareVocabularies(MergeInput first, MergeInput other)
    {
        var (left, right) = (Vocabulary(first), Vocabulary(other));
        if (left is not null && right is not null && !JsonNode.DeepEquals(left, right))
            throw new MergeRecipeException($"{first.Name} and {other.Name} have different vocabularies (tokenizer.json): " +
                "rows of different tokens cannot be averaged");
    }

    static JsonArray? Vocabulary(MergeInput input)
    {
        var path = Path.Combine(input.Folder, "tokenizer.json");
        if (!File.Exists(path)) return null;
        var root = JsonNode.Parse(File.ReadAllBytes(path))!;
        return new JsonArray(root["model"]?["vocab"]?.DeepClone(), root["added_tokens"]?.DeepClone());
    }
}
