// Checks that tensors of one name mean the same in all models: compares configs and vocabularies before any weight is read. Known
// families are compared by what the configs mean; otherwise every key must agree, except those that never change a network.
using System.Text.Json;
using System.Text.Json.Nodes;
using Majlis.Merge.Vocabularies;

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

    const string Hint = "tokenizer_source: union (or base, or a model) aligns rows by their tokens";

    /// <param name="inputs">All models.</param>
    /// <param name="joins">The recipe says how to join different vocabularies.</param>
    /// <exception cref="MergeRecipeException">Names the key and the two models that differ in it.</exception>
    public static void Check(IReadOnlyList<MergeInput> inputs, bool joins)
    {
        foreach (var other in inputs.Skip(1))
        {
            CompareConfigs(inputs[0], other, joins);
            if (!joins) CompareVocabularies(inputs[0], other);
        }
    }

    static void CompareConfigs(MergeInput first, MergeInput other, bool joins)
    {
        if (first.Network is not { } left || other.Network is not { } right)
        {
            if (first.WhyUnknown is null || other.WhyUnknown is null)
                throw new MergeRecipeException(
                    $"{(first.WhyUnknown is null ? other.Name : first.Name)}: {first.WhyUnknown ?? other.WhyUnknown}");
            CompareKeys(first, other, joins);
            return;
        }
        // A head that is the embeddings, and one that is a tensor of its own, are merged as two tensors.
        var (tied, head) = left.IsTied ? (first, right.Head) : (other, left.Head);
        if (joins || left.IsTied != right.IsTied && tied.LendsItsEmbeddings(head!.Weight))
            left = left with { Head = right.Head, VocabularySize = joins ? right.VocabularySize : left.VocabularySize };
        if (NetworkComparison.Find(left, right) is { } difference)
            throw new MergeRecipeException($"{first.Name} and {other.Name} are different networks: by their config.json, " +
                $"{difference.Field} is {difference.Left} and {difference.Right}" + (difference.Field == "vocab_size" ? $"; {Hint}" : ""));
    }

    static void CompareKeys(MergeInput first, MergeInput other, bool joins)
    {
        var (a, b) = (Keys(first.Config), Keys(other.Config));
        foreach (var key in a.Keys.Union(b.Keys).Where(key => !harmless.Contains(key) && !(joins && key == "vocab_size"))
            .Order(StringComparer.Ordinal))
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
                $"'{token}' is {Word(Id(left, token))} and {Word(Id(right, token))}; rows of different tokens cannot be averaged; {Hint}");
    }

    static int? Id(IReadOnlyDictionary<string, int> vocabulary, string token) => vocabulary.TryGetValue(token, out var id) ? id : null;

    static string Word(int? id) => id is null ? "no token" : $"token {id}";
}
