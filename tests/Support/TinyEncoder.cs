// A small BERT on disk with everything that a sentence-transformers repository has: random weights, a WordPiece tokenizer of letters.
using System.Text.Json;
using System.Text.Json.Nodes;
using Majlis.Model;
using Majlis.Model.Families;
using Majlis.Model.Weights;

namespace Majlis.tests.Support;

static class TinyEncoder
{
    public const int Size = 16, MaxTokens = 24;

    const string Config = """
        {"architectures": ["BertModel"], "model_type": "bert", "vocab_size": 64, "hidden_size": 16, "intermediate_size": 24,
        "num_hidden_layers": 2, "num_attention_heads": 2, "max_position_embeddings": 32, "type_vocab_size": 2, "pad_token_id": 0}
        """;

    static readonly string[] specials = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"];

    /// <summary>A new folder that holds the model.</summary>
    /// <param name="folder">Made where it is absent.</param>
    /// <param name="config">Fields of config.json that differ.</param>
    /// <param name="files">Further files with their texts, or others than the usual ones; null leaves one out.</param>
    public static string Write(string folder, JsonObject? config = null, params (string Name, string? Text)[] files) =>
        Write(folder, config, hasWeights: true, files);

    /// <summary>The same with one label over a pair of texts.</summary>
    public static string WriteCross(string folder) => Write(folder, new()
    {
        ["architectures"] = new JsonArray("BertForSequenceClassification"),
        ["id2label"] = new JsonObject { ["0"] = "LABEL_0" },
    });

    public static string Write(string folder, JsonObject? config, bool hasWeights, params (string Name, string? Text)[] files)
    {
        var fields = JsonNode.Parse(Config)!.AsObject();
        foreach (var (name, value) in config ?? []) fields[name] = value?.DeepClone();
        var texts = new Dictionary<string, string?>
        {
            ["config.json"] = fields.ToJsonString(),
            ["tokenizer.json"] = Tokenizer([.. specials, .. Letters(""), .. Letters("##"), "ask", "tell"]),
            ["modules.json"] = Modules("Transformer", "Pooling", "Normalize"),
            ["1_Pooling/config.json"] = """{"word_embedding_dimension": 16, "pooling_mode_mean_tokens": true}""",
            ["sentence_bert_config.json"] = $$"""{"max_seq_length": {{MaxTokens}}, "do_lower_case": false}""",
            ["config_sentence_transformers.json"] = """{"prompts": {"query": "ask ", "passage": "tell "}}""",
        };
        foreach (var (name, text) in files) texts[name] = text;
        foreach (var (name, text) in texts.Where(file => file.Value is not null))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(folder, name))!);
            File.WriteAllText(Path.Combine(folder, name), text);
        }
        if (hasWeights) WriteWeights(folder, fields);
        return folder;
    }

    public static string Modules(params string[] kinds) => new JsonArray([.. kinds.Select((kind, i) => new JsonObject
    {
        ["idx"] = i,
        ["name"] = $"{i}",
        ["path"] = i == 0 ? "" : $"{i}_{kind}",
        ["type"] = $"sentence_transformers.models.{kind}",
    })]).ToJsonString();

    static void WriteWeights(string folder, JsonObject config)
    {
        using var json = JsonDocument.Parse(config.ToJsonString());
        var random = new Random(7);
        SafetensorsWriter.WriteFolder(folder,
            Families.Read(json.RootElement).Tensors().Select(tensor => new TensorInfo(tensor.Key, TensorType.F32, tensor.Value)),
            (tensor, output) => output.Write(Enumerable.Range(0, (int)tensor.Elements)
                .Select(_ => (float)((tensor.Name.EndsWith("LayerNorm.weight", StringComparison.Ordinal) ? 1 : 0)
                    + random.NextDouble() - 0.5)).ToArray()));
    }

    static IEnumerable<string> Letters(string prefix) => Enumerable.Range('a', 26).Select(letter => $"{prefix}{(char)letter}");

    /// <summary>BERT's tokenizer of these words.</summary>
    public static string Tokenizer(string[] words)
    {
        var (cls, sep) = (Array.IndexOf(words, "[CLS]"), Array.IndexOf(words, "[SEP]"));
        var vocabulary = new JsonObject(words.Select((word, id) => KeyValuePair.Create(word, (JsonNode?)id)));
        return new JsonObject
        {
            ["added_tokens"] = new JsonArray([.. specials.Select(word => new JsonObject
            {
                ["id"] = Array.IndexOf(words, word), ["content"] = word, ["special"] = true, ["normalized"] = false,
                ["single_word"] = false, ["lstrip"] = false, ["rstrip"] = false,
            })]),
            ["normalizer"] = new JsonObject
            {
                ["type"] = "BertNormalizer",
                ["clean_text"] = true,
                ["handle_chinese_chars"] = true,
                ["lowercase"] = true,
            },
            ["pre_tokenizer"] = new JsonObject { ["type"] = "BertPreTokenizer" },
            ["post_processor"] = JsonNode.Parse("""
                {"type": "TemplateProcessing",
                 "single": [{"SpecialToken": {"id": "[CLS]", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}},
                            {"SpecialToken": {"id": "[SEP]", "type_id": 0}}],
                 "pair": [{"SpecialToken": {"id": "[CLS]", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}},
                          {"SpecialToken": {"id": "[SEP]", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}},
                          {"SpecialToken": {"id": "[SEP]", "type_id": 1}}],
                 "special_tokens": {"[CLS]": {"id": "[CLS]", "ids": [2], "tokens": ["[CLS]"]},
                                    "[SEP]": {"id": "[SEP]", "ids": [3], "tokens": ["[SEP]"]}}}
                """.Replace("[2]", $"[{cls}]", StringComparison.Ordinal).Replace("[3]", $"[{sep}]", StringComparison.Ordinal)),
            ["decoder"] = new JsonObject { ["type"] = "WordPiece", ["prefix"] = "##", ["cleanup"] = true },
            ["model"] = new JsonObject
            {
                ["type"] = "WordPiece",
                ["unk_token"] = "[UNK]",
                ["continuing_subword_prefix"] = "##",
                ["max_input_chars_per_word"] = 100,
                ["vocab"] = vocabulary,
            },
        }.ToJsonString();
    }
}
