// How one sequence's next token is chosen, with vLLM's names and meanings. Knows no API.
using System.Collections.Immutable;

namespace Majlis.Inference;

/// <summary>A problem with an option: the API's name of the field and a sentence for the person who set it.</summary>
public sealed record OptionProblem(string Field, string Message);

/// <summary>Sampling options in the order in which they act: masks, penalties, temperature, truncations.</summary>
public sealed record SamplingOptions
{
    public static SamplingOptions Greedy { get; } = new() { Temperature = 0 };

    /// <summary>Below 1e-5 the best token is taken; among equals the lowest id.</summary>
    public float Temperature { get; init; } = 1;

    /// <summary>Keeps the k best and those equal to the k-th; 0 and -1 keep all.</summary>
    public int TopK { get; init; }

    public float TopP { get; init; } = 1;

    /// <summary>Drops tokens that are less likely than this share of the best token's probability.</summary>
    public float MinP { get; init; }

    /// <summary>Locally typical sampling (arXiv 2202.00666): the mass of tokens nearest the entropy; 1 keeps all.</summary>
    public float TypicalP { get; init; } = 1;

    /// <summary>Epsilon and eta cut-offs (arXiv 2210.15191); 0 keeps all.</summary>
    public float EpsilonCutoff { get; init; }

    public float EtaCutoff { get; init; }

    /// <summary>Top-h (arXiv 2509.02510): the best tokens up to this share of the entropy of the 100 best; 1 keeps all.</summary>
    public float TopH { get; init; } = 1;

    /// <summary>Divides positive and multiplies negative logits of every token in the prompt or output.</summary>
    public float RepetitionPenalty { get; init; } = 1;

    /// <summary>Multiplied by the token's count in the output; negative values favour repetition.</summary>
    public float FrequencyPenalty { get; init; }

    public float PresencePenalty { get; init; }

    /// <summary>No n-gram of prompt and output occurs twice; 0 is off.</summary>
    public int NoRepeatNgram { get; init; }

    public ImmutableDictionary<int, float> LogitBias { get; init; } = ImmutableDictionary<int, float>.Empty;

    /// <summary>
    /// Equal seeds give equal random numbers. The text is equal whatever else is in the batch if the network computes in fp32 or the
    /// request sets <see cref="GenerationRequest.Deterministic"/>. Otherwise bf16 rounding depends on the shape of the batch, and two
    /// tokens of nearly equal probability may change places.
    /// </summary>
    public long? Seed { get; init; }

    /// <summary>Nothing ends the sequence before it has so many tokens.</summary>
    public int MinTokens { get; init; }

    public bool IgnoreEos { get; init; }

    public ImmutableArray<int> StopTokenIds { get; init; } = [];

    /// <summary>Token sequences that the output never completes.</summary>
    public ImmutableArray<ImmutableArray<int>> BadWords { get; init; } = [];

    /// <summary>If not empty, only these tokens may be chosen.</summary>
    public ImmutableArray<int> AllowedTokenIds { get; init; } = [];

    public bool IsGreedy => Temperature < 1e-5f;

    /// <summary>True when only temperature, min-p, top-k and top-p are used: then a device can draw by itself.</summary>
    public bool IsPlain => RepetitionPenalty == 1 && FrequencyPenalty == 0 && PresencePenalty == 0 && NoRepeatNgram == 0
        && LogitBias.IsEmpty && MinTokens == 0 && BadWords.IsEmpty && AllowedTokenIds.IsEmpty
        && TypicalP >= 1 && EpsilonCutoff == 0 && EtaCutoff == 0 && TopH >= 1;

    /// <summary>The first option outside its range, or null. Ids without a logit are allowed: see <see cref="UnknownTokens"/>.</summary>
    public OptionProblem? Problem(int vocabularySize) =>
        Range("temperature", Temperature, 0, 100)
        ?? Unless(TopK >= -1, "top_k", $"top_k is {TopK}; it must be -1 or 0 (off) or the number of tokens to keep.")
        ?? Range("top_p", TopP, 1e-9f, 1) ?? Range("min_p", MinP, 0, 1) ?? Range("typical_p", TypicalP, 1e-9f, 1)
        ?? Range("epsilon_cutoff", EpsilonCutoff, 0, 1) ?? Range("eta_cutoff", EtaCutoff, 0, 1) ?? Range("top_h", TopH, 1e-9f, 1)
        ?? Range("repetition_penalty", RepetitionPenalty, 1e-3f, 1000)
        ?? Range("frequency_penalty", FrequencyPenalty, -2, 2) ?? Range("presence_penalty", PresencePenalty, -2, 2)
        ?? Unless(NoRepeatNgram >= 0, "no_repeat_ngram_size", "no_repeat_ngram_size must not be negative.")
        ?? Unless(MinTokens >= 0, "min_tokens", "min_tokens must not be negative.")
        ?? Unless(LogitBias.Values.All(bias => bias is >= -100 and <= 100), "logit_bias", "logit_bias holds a value outside -100 to 100.")
        ?? Unless(AllowedTokenIds.IsEmpty || AllowedTokenIds.Any(id => UnknownTokens.Has(id, vocabularySize)), "allowed_token_ids",
            $"allowed_token_ids names no token of this model, whose tokens are 0 to {vocabularySize - 1}.")
        ?? Unless(BadWords.All(word => !word.IsEmpty), "bad_words", "bad_words holds an empty word.");

    static OptionProblem? Unless(bool fine, string field, string message) => fine ? null : new(field, message);

    static OptionProblem? Range(string field, float value, float least, float most) => Unless(value >= least && value <= most,
        field, FormattableString.Invariant($"{field} is {value}; it must lie between {least:0.###} and {most}."));
}
