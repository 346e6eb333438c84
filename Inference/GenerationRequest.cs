// What is asked of the engine and what comes back, in tokens and text. Knows nothing of a wire.
using System.Collections.Immutable;

namespace Majlis.Inference;

/// <summary>One sequence to generate after a prompt.</summary>
/// <param name="PromptTokens">Prompt ids, at least one, template and all.</param>
/// <param name="MaxTokens">At most so many new tokens; fewer where the context ends.</param>
public sealed record GenerationRequest(int[] PromptTokens, SamplingOptions Sampling, int MaxTokens)
{
    /// <summary>Strings that end the text; they are not part of it unless <see cref="IncludeStop"/>.</summary>
    public ImmutableArray<string> Stop { get; init; } = [];

    public bool IncludeStop { get; init; }

    /// <summary>How many of the likeliest tokens to report at each position.</summary>
    public int TopLogProbs { get; init; }

    public bool SkipSpecialTokens { get; init; } = true;

    /// <summary>Lower goes first.</summary>
    public int Priority { get; init; }

    /// <summary>
    /// Computed in products of one fixed shape: the same text and log-probabilities for the same seed whatever else runs, is cached or was
    /// preempted, on the same machine, thread count and build. Slower, and shares prefixes with its like alone. Null: as the engine is set.
    /// </summary>
    public bool? Deterministic { get; init; }

    /// <summary>Only requests of equal salt share cached prefixes.</summary>
    public string? CacheSalt { get; init; }

    /// <summary>The first field outside its range, or null.</summary>
    public OptionProblem? Problem(int vocabularySize)
    {
        if (PromptTokens.Length == 0) return new("prompt", "The prompt has no tokens.");
        foreach (var id in PromptTokens)
            if (id < 0 || id >= vocabularySize)
                return new("prompt", $"The prompt holds token {id}; this model's tokens are 0 to {vocabularySize - 1}.");
        if (MaxTokens < 1) return new("max_tokens", $"max_tokens is {MaxTokens}; it must be at least 1.");
        if (Sampling.MinTokens > MaxTokens)
            return new("min_tokens", $"min_tokens is {Sampling.MinTokens}; the answer may have {MaxTokens} tokens at most.");
        if (TopLogProbs < 0) return new("top_logprobs", "top_logprobs must not be negative.");
        if (Stop.Any(string.IsNullOrEmpty)) return new("stop", "stop holds an empty string.");
        return Sampling.Problem(vocabularySize);
    }
}

/// <summary>Why a sequence ended: a stop token or string, or as many tokens as were allowed.</summary>
public enum FinishReason { Stop, Length }

/// <summary>A generated token with its log-probability at temperature 1 (fp32 log-softmax of the raw logits).</summary>
public readonly record struct GeneratedToken(int Id, float LogProbability, ImmutableArray<TopLogProb> Top);

/// <summary>
/// What one step added: its tokens (a token that stops the sequence among them) and the text that became certain, which may be none
/// and never ends inside a character. The last piece says why it is the last.
/// </summary>
public sealed record GeneratedPiece(ImmutableArray<GeneratedToken> Tokens, string Text, FinishReason? Finish)
{
    /// <summary>
    /// The tokens whose text is in what was given so far, each in the first piece of which that is known: not a token that stops the
    /// sequence, nor those that spell a stop string.
    /// </summary>
    public ImmutableArray<GeneratedToken> Shown { get; init; } = [];

    /// <summary>Prompt tokens that came from the prefix cache.</summary>
    public int CachedPromptTokens { get; init; }
}
