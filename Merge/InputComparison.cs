// Checks that tensors of one name mean the same in all models: compares configs and vocabularies before any weight is read. Known
// families are compared by what the configs mean; otherwise every key must agree, except those that never change a network.
using System.Text.Json;
using System.Text.Json.Nodes;
using Majlis.Model;
using Majlis.Model.Families;
using Majlis.Text;

namespace Majlis.Merge;

static class InputComparison
{
    /// <summary>Keys about files, training or decoding, and the depth, which is checked with the slices.</summary>
    static readonly HashSet<string> harmless =
    [
        "_name_or_path", "torch_dtype", "dtype", "transformers_version", "use_cache", "num_hidden_layers", "layer_types",
        "max_window_layers",
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
        var (left, right) = (Network(first), Network(other));
        if (left.Blueprint is null && right.Blueprint is null) CompareKeys(first, other);
        else if (left.Blueprint is null || right.Blueprint is null)
            throw new MergeRecipeException($"{(left.Blueprint is null ? first.Name : other.Name)}: {left.Why ?? right.Why}");
        else if (NetworkComparison.Find(left.Blueprint, right.Blueprint) is { } difference)
            throw new MergeRecipeException($"{first.Name} and {other.Name} are different networks: by their config.json, " +
                $"{difference.Field} is {difference.Left} and {difference.Right}");
    }

    /// <summary>What a config means, or why that is unknown.</summary>
    static (Blueprint? Blueprint, string? Why) Network(MergeInput input)
    {
        try
        {
            return (Families.Read(input.Config), null);
        }
        catch (ModelFormatException error)
        {
            return (null, error.Message);
        }
    }

    static void CompareKeys(MergeInput first, MergeInput other)
    {
        var (a, b) = (Keys(first.Config), Keys(other.Config));
        foreach (var key in a.Keys.Union(b.Keys).Where(key => !harmless.Contains(key)).Order(StringComparer.Ordinal))
        {
            var (left, right) = (a.GetValueOrDefault(key), b.GetValueOrDefault(key));
            if (!JsonNode.DeepEquals(Node(left), Node(right)))
                throw new MergeRecipeException(
                    $"{first.Name} and {other.Name} are different networks: config.json has {key} = {Show(left)} and {Show(right)}");
        }
    }

    static Dictionary<string, JsonElement> Keys(JsonElement config) =>
        config.EnumerateObject().ToDictionary(property => property.Name, property => property.Value);

    static JsonNode? Node(JsonElement element) =>
        element.ValueKind == JsonValueKind.Undefined ? null : JsonNode.Parse(element.GetRawText());

    static string Show(JsonElement element) => element.ValueKind == JsonValueKind.Undefined ? "nothing" : element.GetRawText();

    static void CompareVocabularies(MergeInput first, MergeInput other)
    {
        if (InputVocabulary.Read(first) is not { } left || InputVocabulary.Read(other) is not { } right) return;
        var token = left.Keys.Concat(right.Keys).FirstOrDefault(token => Id(left, token) != Id(right, token));
        if (token is not null)
            throw new MergeRecipeException($"{first.Name} and {other.Name} have different vocabularies (tokenizer.json): " +
                $"'{token}' is {Word(Id(left, token))} and {Word(Id(right, token))}; rows of different tokens cannot be averaged");
    }

    static int? Id(IReadOnlyDictionary<string, int> vocabulary, string token) => vocabulary.TryGetValue(token, out var id) ? id : null;

    static string Word(int? id) => id is null ? "no token" : $"token {id}";
}
