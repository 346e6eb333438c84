// The pipeline for each value of tokenizer.ggml.pre, as in the model's own tokenizer.json (llama.cpp only names it).
using System.Text.Json;
using Majlis.Text;
using Majlis.Text.Tokenizers.Vocabularies;

namespace Majlis.Model.Weights.Gguf;

/// <summary>The pipeline of one kind of byte-level vocabulary.</summary>
sealed record GgufPreTokenizer(JsonElement PreTokenizer)
{
    public JsonElement? Normalizer { get; init; }

    public bool IgnoreMerges { get; init; }

    /// <summary>Whether a text begins with the BOS token if the file does not say.</summary>
    public bool AddsBos { get; init; }
}

static class GgufPreTokenizers
{
    const string Contractions = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";

    const string Llama3 = Contractions + @"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    const string Qwen2 = Contractions + @"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    const string Upper = @"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]";

    const string Lower = @"[\p{Ll}\p{Lm}\p{Lo}\p{M}]";

    const string Tekken = $@"[^\r\n\p{{L}}\p{{N}}]?{Upper}*{Lower}+|[^\r\n\p{{L}}\p{{N}}]?{Upper}+{Lower}*|\p{{N}}"
        + @"| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    const string Gpt4o = $@"[^\r\n\p{{L}}\p{{N}}]?{Upper}*{Lower}+{Contractions}?|[^\r\n\p{{L}}\p{{N}}]?{Upper}+{Lower}*{Contractions}?"
        + @"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    /// <exception cref="ModelFormatException">A kind with an unknown way of splitting: a guess would give other tokens.</exception>
    public static GgufPreTokenizer Find(string file, string? kind) => kind switch
    {
        "gpt-2" or "phi-2" => new(PipelineJson.ByteLevel(splits: true)),
        "smollm" or "starcoder" or "refact" => new(DigitsApart),
        "command-r" => new(DigitsApart) { Normalizer = PipelineJson.Simple("NFC"), AddsBos = true },
        "falcon" => new(PipelineJson.Sequence("pretokenizers", PipelineJson.Punctuation("Contiguous"), PipelineJson.ByteLevel(splits: true),
            PipelineJson.Digits(individual: false), PipelineJson.Split("[0-9][0-9][0-9]"))),
        "llama-bpe" or "llama3" or "llama-v3" => new(SplitBy(Llama3)) { IgnoreMerges = true, AddsBos = true },
        "smaug-bpe" or "dbrx" => new(SplitBy(Llama3)),
        "qwen2" => new(SplitBy(Qwen2)) { Normalizer = PipelineJson.Simple("NFC") },
        "tekken" => new(SplitBy(Tekken)) { IgnoreMerges = true, AddsBos = true },
        "gpt-4o" => new(SplitBy(Gpt4o)),
        _ => throw new ModelFormatException($"{file}: tokenizer.ggml.pre is \"{kind ?? "not there"}\"; known are gpt-2, phi-2, smollm, "
            + "starcoder, refact, command-r, falcon, llama-bpe, smaug-bpe, dbrx, qwen2, tekken and gpt-4o."),
    };

    static JsonElement DigitsApart =>
        PipelineJson.Sequence("pretokenizers", PipelineJson.Digits(individual: true), PipelineJson.ByteLevel(splits: true));

    static JsonElement SplitBy(string regex) =>
        PipelineJson.Sequence("pretokenizers", PipelineJson.Split(regex), PipelineJson.ByteLevel(splits: false));
}
