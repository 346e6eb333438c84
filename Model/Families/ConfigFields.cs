// A config.json's fields, read one by one. A field that nobody read is an error that names it, because it may change the result.
// Knows which fields never do (training, generation and bookkeeping); knows no family.
using System.Globalization;
using System.Text.Json;
using Majlis.Text;

namespace Majlis.Model.Families;

sealed class ConfigFields(JsonElement root)
{
    /// <summary>Fields that cannot change the logits of a token sequence.</summary>
    static readonly HashSet<string> harmless =
    [
        "architectures", "model_type", "dtype", "torch_dtype", "transformers_version", "use_cache", "initializer_range", "_name_or_path",
        "auto_map",
        "bos_token_id", "eos_token_id", "pad_token_id", "sep_token_id", "cls_token_id", "decoder_start_token_id", "id2label", "label2id",
        "attention_dropout", "embd_pdrop", "resid_pdrop", "hidden_dropout_prob", "attention_probs_dropout_prob", "classifier_dropout",
        "classifier_dropout_prob", "gradient_checkpointing", "cache_implementation", "pretraining_tp", "max_window_layers", "num_labels",
        "_attn_implementation_autoset", "is_llama_config", "transformers.js_config", "unsloth_version", "unsloth_fixed",
        "output_attentions",
        "output_hidden_states", "return_dict", "problem_type", "finetuning_task", "task_specific_params", "tokenizer_class", "prefix",
        "chunk_size_feed_forward", "bad_words_ids", "begin_suppress_tokens", "forced_bos_token_id", "forced_eos_token_id",
        "suppress_tokens",
        "do_sample", "early_stopping", "max_length", "min_length", "num_beams", "num_beam_groups", "diversity_penalty", "length_penalty",
        "no_repeat_ngram_size", "encoder_no_repeat_ngram_size", "num_return_sequences", "output_scores", "remove_invalid_values",
        "repetition_penalty", "return_dict_in_generate", "temperature", "top_k", "top_p", "typical_p", "exponential_decay_length_penalty",
        "sliding_window_size", "sliding_window_pattern", "_sliding_window_pattern", "no_rope_layer_interval", "neftune_noise_alpha",
    ];

    /// <summary>More than any model has; each layer allocates objects before a tensor is looked up.</summary>
    public const int MostLayers = 10_000;

    readonly HashSet<string> seen = [];
    readonly Dictionary<string, int> defaults = [];

    /// <summary>A family's default for a field that the file leaves out; a null in the file stays null.</summary>
    public void WhenAbsent(string name, int value) => defaults[name] = value;

    public JsonElement? Find(string name)
    {
        seen.Add(name);
        return root.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
    }

    /// <summary>Whether the field is present, even as null.</summary>
    public bool Has(string name) => root.TryGetProperty(name, out _);

    public int Int(string name, int? absent = null) => IntOrNull(name) ?? absent ?? throw Missing(name, "an integer");

    public int? IntOrNull(string name) => Find(name) is not { } value ? !Has(name) && defaults.TryGetValue(name, out var own) ? own : null
        : value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= 0 ? number
        : throw Wrong(name, value, "a non-negative integer");

    /// <summary>An integer from 1 up that is small enough for a dimension.</summary>
    public int Size(string name, int? absent = null) =>
        Int(name, absent) is >= 1 and <= 1 << 28 and var size ? size
            : throw new ModelFormatException($"config: '{name}' must be between 1 and {1 << 28}.");

    public int Layers() => Int("num_hidden_layers") is >= 1 and <= MostLayers and var count ? count
        : throw new ModelFormatException($"config: 'num_hidden_layers' must be between 1 and {MostLayers}.");

    /// <summary>A token id; one that is negative or larger than any vocabulary means none.</summary>
    public int? Token(string name) => Find(name) is { ValueKind: JsonValueKind.Number } value
        && Int128.TryParse(value.GetRawText(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var id)
        && (id < 0 || id > int.MaxValue) ? null : IntOrNull(name);

    public double Double(string name, double? absent = null) => Find(name) is not { } value ? absent ?? throw Missing(name, "a number")
        : value.ValueKind == JsonValueKind.Number ? value.GetDouble() : throw Wrong(name, value, "a number");

    public float? FloatOrNull(string name) => Find(name) is null ? null : (float)Double(name);

    public bool Bool(string name, bool absent) => Find(name) is not { } value ? absent
        : value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : throw Wrong(name, value, "true or false");

    public string? Text(string name) => Find(name) is not { } value ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString() : throw Wrong(name, value, "a string");

    /// <summary>The first of 'architectures'; empty where there is none.</summary>
    public string Architecture() => Find("architectures") is { ValueKind: JsonValueKind.Array } list && list.GetArrayLength() > 0
        ? AsText(list[0]) ?? throw Wrong("architectures", list[0], "a string") : "";

    /// <summary>The field's text; null for any other kind.</summary>
    public static string? AsText(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    public IReadOnlyList<JsonElement>? List(string name, int length) => Find(name) is not { } value ? null
        : value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == length ? [.. value.EnumerateArray()]
        : throw Wrong(name, value, $"a list of {length}");

    /// <summary>A field of which the family supports one value; any other is refused.</summary>
    public void Only(string name, params ReadOnlySpan<string> allowed)
    {
        if (Find(name) is not { } value) return;
        var text = value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
        if (!allowed.Contains(text)) throw Wrong(name, value, string.Join(" or ", allowed!));
    }

    /// <summary>Old fields that transformers itself no longer reads.</summary>
    public void Ignore(params ReadOnlySpan<string> names)
    {
        foreach (var name in names) seen.Add(name);
    }

    public void Done()
    {
        Only("is_encoder_decoder", "false");
        Only("add_cross_attention", "false");
        Only("is_decoder", "false", "true");
        Only("tie_encoder_decoder", "false");
        Only("use_bfloat16", "false");
        Only("torchscript", "false");
        Only("pruned_heads", "{}");
        Only("rope_interleaved", "false");
        Only("use_bidirectional_attention", "false");
        foreach (var field in root.EnumerateObject())
        {
            if (field.Value.ValueKind != JsonValueKind.Null && !seen.Contains(field.Name) && !harmless.Contains(field.Name))
                throw new ModelFormatException(
                    $"config: field '{field.Name}' = {Short(field.Value)} is not understood for model_type "
                    + $"'{Text("model_type")}' and may change the result.");
        }
    }

    static ModelFormatException Missing(string name, string expected) => new($"config: field '{name}' is missing, expected {expected}.");

    public static ModelFormatException Wrong(string name, JsonElement value, string expected) =>
        new($"config: field '{name}' is {Short(value)}, expected {expected}.");

    static string Short(JsonElement value) => value.GetRawText() is { Length: <= 60 } text ? text : value.GetRawText()[..60] + "...";
}
