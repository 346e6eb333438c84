// One request to continue prompts, validated as far as possible without a model. Knows no JSON.
using System.Collections.Immutable;
using Majlis.Server.Chat;

namespace Majlis.Server.Completions;

/// <summary>The fields of a completion request.</summary>
public sealed record CompletionRequest
{
    /// <summary>OpenAI's default of max_tokens.</summary>
    public const int UsualTokens = 16;

    public required string Model { get; init; }
    public required ImmutableArray<GivenPrompt> Prompts { get; init; }

    /// <summary>Texts are framed as the tokenizer frames a text; token ids never are.</summary>
    public bool AddSpecialTokens { get; init; } = true;

    public required SamplingWishes Sampling { get; init; }

    /// <summary>0 writes nothing; null writes <see cref="UsualTokens"/> or what the context holds.</summary>
    public int? MaxTokens { get; init; }

    public ImmutableArray<string> Stop { get; init; } = [];

    /// <summary>How many completions of each prompt are generated; the best of them, by mean log-probability, are returned.</summary>
    public int BestOf { get; init; } = 1;

    /// <summary>The reply begins with the prompt.</summary>
    public bool Echo { get; init; }

    /// <summary>The texts that a completion may be, without the prompt; null where it may be any.</summary>
    public GrammarWish? Grammar { get; init; }

    public int Priority { get; init; }
    public string Client { get; init; } = "";

    /// <summary>As the client names whom it asks for; null where it does not.</summary>
    public string? User { get; init; }

    public bool? Deterministic { get; init; }
    public string? CacheSalt { get; init; }

    /// <summary>Its choices are those of each prompt.</summary>
    public required OutputWishes Output { get; init; }

    /// <summary>With how many rivals the echoed prompt is scored; null: it is not.</summary>
    public int? EchoedRivals => Echo && Output.LogProbabilities ? Output.TopLogProbabilities : null;
}

/// <summary>A prompt as it was sent: as text, or as token ids where that is null.</summary>
public sealed record GivenPrompt(string? Text, int[] Tokens);
