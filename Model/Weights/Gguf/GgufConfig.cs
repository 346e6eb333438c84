// Converts GGUF's keys to Hugging Face's config.json: derives what follows from them, and refuses a missing key.
// Knows llama.cpp's key names and the constants that its graphs hard-code; Families make the Blueprint.
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Majlis.Model.Families;
using Majlis.Text;

namespace Majlis.Model.Weights.Gguf;

/// <summary>Reads the config of a GGUF model. Keys: llama.cpp's gguf-py/gguf/constants.py.</summary>
public static class GgufConfig
{
    /// <summary>More layers than any model has; each allocates objects before a tensor is looked up.</summary>
    const int MostLayers = ConfigFields.MostLayers;

    /// <exception cref="ModelFormatException">An unknown architecture, or a key that is missing or has an impossible value.</exception>
    public static JsonElement Read(GgufFile file) => Read(new GgufParts([file]));

    internal static JsonElement Read(GgufParts parts)
    {
        var file = parts.First;
        var family = GgufFamily.Of(file);
        var keys = new GgufKeys(file);
        var config = new JsonObject
        {
            ["architectures"] = new JsonArray(family.ClassName),
            ["model_type"] = family.ModelType,
            ["vocab_size"] = Vocabulary(parts, keys),
            ["hidden_size"] = keys.Needed("embedding_length"),
            ["intermediate_size"] = keys.Needed("feed_forward_length"),
            ["num_hidden_layers"] = Layers(file, keys),
            ["num_attention_heads"] = Heads(file),
            ["num_key_value_heads"] = KeyValueHeads(file),
            ["head_dim"] = HeadSize(file, keys),
            ["max_position_embeddings"] = keys.Needed("context_length"),
            ["tie_word_embeddings"] = !parts.Has("output.weight"),
        };
        if (family.ModelType is not ("gemma2" or "gemma3_text")) config["hidden_act"] = "silu";
        Token(config, "bos_token_id", file, "bos");
        Token(config, "eos_token_id", file, "eos");
        Token(config, "pad_token_id", file, "padding");
        GgufRotary.Write(config, parts, keys, family);
        GgufFamilyFields.Write(config, parts, keys, family);
        return JsonSerializer.SerializeToElement(config);
    }

    public static int Heads(GgufFile file) => new GgufKeys(file).SameInEveryLayer("attention.head_count")
        ?? throw new ModelFormatException($"{file.Path}: key '{new GgufKeys(file).Name("attention.head_count")}' is missing.");

    public static int KeyValueHeads(GgufFile file) => new GgufKeys(file).SameInEveryLayer("attention.head_count_kv") ?? Heads(file);

    /// <summary>A stored fp32 as its shortest decimal: 1E-05, not 9.99999974737875E-06.</summary>
    public static JsonNode Decimal(double number) =>
        JsonValue.Create(double.Parse(((float)number).ToString("R", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture));

    static int Layers(GgufFile file, GgufKeys keys) => keys.Needed("block_count") is >= 1 and <= MostLayers and var count ? count
        : throw new ModelFormatException($"{file.Path}: key '{keys.Name("block_count")}' must be between 1 and {MostLayers}.");

    static int Vocabulary(GgufParts parts, GgufKeys keys)
    {
        var (file, table) = parts.Find("token_embd.weight")
            ?? throw new ModelFormatException($"{parts.First.Path}: there is no tensor 'token_embd.weight'.");
        var rows = table.Info.Shape.Length == 2 ? table.Info.Shape[0]
            : throw new ModelFormatException($"{file.Path}: tensor 'token_embd.weight' is not a matrix.");
        if (keys.Integer("vocab_size") is { } size && size != rows)
            throw new ModelFormatException($"{file.Path}: key '{keys.Name("vocab_size")}' says {size}, but token_embd.weight has {rows} " +
                $"rows.");
        return checked((int)rows);
    }

    static int HeadSize(GgufFile file, GgufKeys keys)
    {
        var size = keys.Integer("attention.key_length");
        if (size is null && keys.Needed("embedding_length") % Heads(file) != 0)
            throw new ModelFormatException($"{file.Path}: key '{keys.Name("attention.key_length")}' is missing, and the heads do not " +
                $"divide the width.");
        size ??= keys.Needed("embedding_length") / Heads(file);
        if (keys.Integer("attention.value_length") is { } value && value != size)
            throw new ModelFormatException($"{file.Path}: '{keys.Name("attention.value_length")}' is {value} and the keys' {size}; only " +
                $"equal ones are known.");
        return size.Value;
    }

    static void Token(JsonObject config, string field, GgufFile file, string name)
    {
        // A file without the token may say -1, or -1 as an unsigned 32-bit number.
        if (file.Integer($"tokenizer.ggml.{name}_token_id") is >= 0 and <= int.MaxValue and var id) config[field] = id;
    }
}
