// The smallest real models: a tokenizer of 256 bytes and an end token, blueprints of two layers, models without weights.
using System.Text;
using System.Text.Json.Nodes;
using Majlis.Inference;
using Majlis.Model;
using Majlis.Text.Tokenizers;

namespace Majlis.tests.Support;

public static class Tiny
{
    /// <summary>The end token's id; every other id is a byte.</summary>
    public const int End = 256;

    public const int Vocabulary = 257;

    public static TextTokenizer Tokenizer { get; } = TextTokenizer.ParseJson(Encoding.UTF8.GetBytes(TokenizerJson()), "tiny");

    /// <summary>One layer for each window; null means full attention.</summary>
    public static Blueprint Blueprint(params ReadOnlySpan<int?> windows) => new()
    {
        Family = "scripted",
        VocabularySize = Vocabulary,
        HiddenSize = 1,
        MaxPositions = 4096,
        Embedding = "embedding",
        Layers = [.. windows.ToArray().Select(Layer)],
    };

    public static LoadedModel Model(INetwork network, string version = "v1", int maxContext = 256,
        EngineOptions? options = null, params ReadOnlySpan<int> ends) => new(network, maxContext, options ?? new() { CacheBytes = 4096 })
        {
            Version = version,
            WeightsHash = "hash of " + version,
            Tokenizer = Tokenizer,
            Defaults = new(ends.IsEmpty ? [End] : [.. ends], null),
        };

    static LayerBlueprint Layer(int? window)
    {
        var one = new Projection("one", 1, 1);
        return new()
        {
            Attention = new()
            {
                Heads = 1,
                KeyValueHeads = 1,
                HeadDim = 1,
                Query = one,
                Key = one,
                Value = one,
                Output = one,
                Window = window,
                Scale = 1,
            },
            Mlp = new(null, one, one, Activation.Relu),
        };
    }

    static string TokenizerJson()
    {
        var vocabulary = new JsonObject();
        // Byte-level alphabet: printable bytes map to themselves, the others to 256 and on.
        for (int value = 0, moved = 256; value < 256; value++)
            vocabulary[((char)(value is >= 33 and <= 126 or >= 161 and <= 172 or >= 174 ? value : moved++)).ToString()] = value;
        return new JsonObject
        {
            ["version"] = "1.0",
            ["added_tokens"] = new JsonArray(new JsonObject
            {
                ["id"] = End,
                ["content"] = "</s>",
                ["special"] = true,
                ["single_word"] = false,
                ["lstrip"] = false,
                ["rstrip"] = false,
                ["normalized"] = false,
            }),
            ["pre_tokenizer"] = ByteLevel(),
            ["decoder"] = ByteLevel(),
            ["model"] = new JsonObject { ["type"] = "BPE", ["vocab"] = vocabulary, ["merges"] = new JsonArray() },
        }.ToJsonString();
    }

    static JsonObject ByteLevel() =>
        new() { ["type"] = "ByteLevel", ["add_prefix_space"] = false, ["trim_offsets"] = true, ["use_regex"] = true };
}
