// The engine's input and output, in tokens and text. Knows nothing of the API's JSON.
using System.Collections.Immutable;
using Majlis.Inference.Grammars;
using Majlis.Text.Chat.Reasoning;
using Majlis.Text.Chat.ToolCalls;
using Majlis.Text.Citations;

namespace Majlis.Inference;

/// <summary>One sequence to generate after a prompt.</summary>
/// <param name="PromptTokens">Prompt ids, at least one, including the template's.</param>
/// <param name="MaxTokens">The most new tokens; fewer where the context ends. 0: the prompt is read, nothing is written.</param>
public sealed record GenerationRequest(int[] PromptTokens, SamplingOptions Sampling, int MaxTokens)
{
    /// <summary>Strings that end the text; they are not part of it unless <see cref="IncludeStop"/>.</summary>
    public ImmutableArray<string> Stop { get; init; } = [];

    public bool IncludeStop { get; init; }

    /// <summary>How many of the most likely tokens to report at each position.</summary>
    public int TopLogProbs { get; init; }

    /// <summary>
    /// The prompt's own tokens are scored, with so many of the most likely ones at each position; null: they are not. The prompt is then
    /// computed even where it is cached.
    /// </summary>
    public int? PromptLogProbs { get; init; }

    /// <summary>
    /// The prompt's final states are pooled into one vector, as <see cref="LoadedModel.Pooling"/> says; with <see cref="MaxTokens"/> 0.
    /// The prompt is then computed even where it is cached.
    /// </summary>
    public bool Pools { get; init; }

    public bool SkipSpecialTokens { get; init; } = true;

    /// <summary>The text continues the prompt's: a decoder that strips a text's first blank strips none here.</summary>
    public bool ContinuesPrompt { get; init; }

    /// <summary>Marks of citations are taken out of the text, as <see cref="CitationStream"/> reads them.</summary>
    public bool ReadsCitations { get; init; }

    /// <summary>What the model thinks before it answers is parted from the text; null where the answer begins at once.</summary>
    public ReasoningReading? Reasoning { get; init; }

    /// <summary>
    /// The most tokens of thinking, the marks not counted: then its end is written in the model's stead, behind the character that has
    /// begun. Null: no limit.
    /// </summary>
    public int? ThinkingBudget { get; init; }

    /// <summary>Calls of these tools are taken out of the text; null where none is offered.</summary>
    public ToolReading? Tools { get; init; }

    /// <summary>The texts that the answer may be; null allows all. The end may come only where the grammar allows it.</summary>
    public Grammar? Grammar { get; init; }

    /// <summary>The grammar is of calls, and text beside them is free: then it is given out as text without a grammar is.</summary>
    public bool HoldsOnlyCalls { get; init; }

    /// <summary>What the request calls the grammar, for messages.</summary>
    public string GrammarField { get; init; } = "grammar";

    /// <summary>Lower goes first.</summary>
    public int Priority { get; init; }

    /// <summary>Whose request it is: clients take turns. Empty where that is not known; all of those count as one client.</summary>
    public string Client { get; init; } = "";

    /// <summary>
    /// Computes in fixed shapes: the same seed gives the same text and log-probabilities whatever else runs, is cached or was preempted, on
    /// the same machine, thread count and build. Slower, and shares prefixes only with requests of the same kind. Null: the engine's option
    /// decides.
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
        if (MaxTokens < 0) return new("max_tokens", $"max_tokens is {MaxTokens}; it must not be negative.");
        if (Pools && MaxTokens > 0) return new("max_tokens", "A prompt that is pooled is not continued; max_tokens must be 0.");
        if (Sampling.MinTokens > MaxTokens)
            return new("min_tokens", $"min_tokens is {Sampling.MinTokens}; the answer may have {MaxTokens} tokens at most.");
        if (ThinkingBudget < 0) return new("thinking_token_budget", "thinking_token_budget must not be negative.");
        if (TopLogProbs < 0) return new("top_logprobs", "top_logprobs must not be negative.");
        if (PromptLogProbs < 0) return new("prompt_logprobs", "prompt_logprobs must not be negative.");
        if (Stop.Any(string.IsNullOrEmpty)) return new("stop", "stop holds an empty string.");
        return Sampling.Problem(vocabularySize);
    }
}

/// <summary>Why a sequence ended: a stop token or stop string, the token limit, or the model waits for the tools it has called.</summary>
public enum FinishReason { Stop, Length, ToolCalls }

/// <summary>A generated token with its log-probability at temperature 1 (fp32 log-softmax of the raw logits).</summary>
public readonly record struct GeneratedToken(int Id, float LogProbability, ImmutableArray<TopLogProb> Top);

/// <summary>
/// The output of one step: its tokens (with the token that stops the sequence) and the text of the answer that became certain, which may be
/// empty and never ends inside a character. The last piece has the finish reason.
/// </summary>
public sealed record GeneratedPiece(ImmutableArray<GeneratedToken> Tokens, string Text, FinishReason? Finish)
{
    /// <summary>
    /// The answer's tokens whose text was given out so far, each in the first piece in which that is known. Without the token that stops
    /// the sequence and those that spell thinking, a stop string or a mark.
    /// </summary>
    public ImmutableArray<GeneratedToken> Shown { get; init; } = [];

    /// <summary>The stop string that ended the text, in the last piece; null where none did.</summary>
    public string? StopString { get; init; }

    /// <summary>What became certain of the thinking before the answer.</summary>
    public string Reasoning { get; init; } = "";

    /// <summary>How many tokens turned out to be thinking, its marks included.</summary>
    public int ReasoningTokens { get; init; }

    /// <summary>The citations of which the last part of the span, and the closing mark, became certain.</summary>
    public ImmutableArray<Citation> Citations { get; init; } = [];

    /// <summary>What became certain of the tools' calls.</summary>
    public ImmutableArray<CallPiece> Calls { get; init; } = [];

    /// <summary>In the first piece of a request that asks for them: the prompt's tokens but the first, which nothing predicts.</summary>
    public ImmutableArray<ScoredToken> Prompt { get; init; } = [];

    /// <summary>What the prompt's states were pooled into, in the last piece of a request that asks for it.</summary>
    public float[]? Pooled { get; init; }

    /// <summary>Prompt tokens that came from the prefix cache.</summary>
    public int CachedPromptTokens { get; init; }

    public PieceTimes Times { get; init; }
}

/// <summary>What happened when, as timestamps of the engine's TimeProvider.</summary>
/// <param name="Submitted">The request entered the queue.</param>
/// <param name="Started">Its first step was planned; it waited until then.</param>
/// <param name="Made">The piece's token was drawn.</param>
public readonly record struct PieceTimes(long Submitted, long Started, long Made);
