// The engine's options.
using System.Security.Cryptography;

namespace Majlis.Inference;

public sealed record EngineOptions
{
    /// <summary>The most sequences in one step.</summary>
    public int MaxSequences { get; init; } = 32;

    /// <summary>The most tokens in one step; long prompts are cut into chunks of what the running sequences leave of it.</summary>
    public int MaxBatchTokens { get; init; } = 512;

    /// <summary>
    /// How long a running answer may wait for one step while prompts are read; null: four of its usual steps. Prompts are cut to fit, but
    /// at least four tokens are read in a step, and thrice as much of a client that has few of the places while another has many.
    /// </summary>
    public TimeSpan? LongestPause { get; init; }

    /// <summary>The default of <see cref="GenerationRequest.Deterministic"/>.</summary>
    public bool Deterministic { get; init; }

    /// <summary>Tokens are guessed from each sequence's own past, and several computed in one step; no text changes.</summary>
    public bool LooksUp { get; init; }

    /// <summary>Memory for keys and values, per snapshot of the weights.</summary>
    public long CacheBytes { get; init; } = 512L << 20;

    /// <summary>
    /// The most logits that a step computes of prompt tokens whose log-probabilities are asked for, and of guesses, in numbers; one row of
    /// them in any case. It is what fixed shapes hold in memory; otherwise a network holds some rows at a time.
    /// </summary>
    public int MaxPromptLogits { get; init; } = 1 << 24;

    /// <summary>
    /// Requests that may wait beyond <see cref="MaxSequences"/>; more are answered "busy" at once. The first request of a client that has
    /// none is taken all the same, until twice as many are there.
    /// </summary>
    public int QueueLimit { get; init; } = 256;

    /// <summary>
    /// The most unread pieces of an answer, mostly one token each. A sequence with as many pauses and releases its blocks.
    /// </summary>
    public int ReplyBuffer { get; init; } = 2048;

    /// <summary>How long a reader may take to read half of a full buffer before its sequence is ended.</summary>
    public TimeSpan ReaderPatience { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The seed of all seeds for requests without one.</summary>
    public ulong Seed { get; init; } = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));

    /// <summary>The first invalid option, as a sentence; null when all are valid.</summary>
    public string? Problem() =>
        MaxSequences < 1 ? $"MaxSequences is {MaxSequences}; at least one sequence must run."
        : MaxBatchTokens < MaxSequences ? $"MaxBatchTokens is {MaxBatchTokens}; a step needs a token for each of {MaxSequences} sequences."
        : MaxPromptLogits < 1 ? "MaxPromptLogits must be positive."
        : LongestPause <= TimeSpan.Zero ? "LongestPause must be positive."
        : ReplyBuffer < 2 ? $"ReplyBuffer is {ReplyBuffer}; a reader needs room for two pieces at least."
        : ReaderPatience <= TimeSpan.Zero ? "ReaderPatience must be positive."
        : QueueLimit < 0 ? "QueueLimit must not be negative."
        : CacheBytes < 1 ? "CacheBytes must be positive." : null;
}
