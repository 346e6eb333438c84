// One chat request, read and checked as far as it can be without a model. Knows no JSON and no tokens.
using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace Majlis.Server.Chat;

/// <summary>What a client asks of a chat completion.</summary>
public sealed record ChatRequest
{
    public required string Model { get; init; }

    /// <summary>Messages as the client sent them, of the shape that OpenAI's specification gives them.</summary>
    public required JsonArray Messages { get; init; }

    /// <summary>Passages to answer from: null where the client said nothing, empty where it wants none.</summary>
    public JsonArray? Documents { get; init; }

    public JsonObject? TemplateArguments { get; init; }
    public bool AddGenerationPrompt { get; init; } = true;
    public bool ContinueFinalMessage { get; init; }

    public required SamplingWishes Sampling { get; init; }
    public int? MaxTokens { get; init; }
    public ImmutableArray<string> Stop { get; init; } = [];

    /// <summary>Lower goes first in the queue; never below 0, so that a client can only give way.</summary>
    public int Priority { get; init; }

    /// <summary>The same bits in any company; null: as the server is set.</summary>
    public bool? Deterministic { get; init; }

    /// <summary>Only requests with the same salt share cached prefixes.</summary>
    public string? CacheSalt { get; init; }

    public required OutputWishes Output { get; init; }
}

/// <summary>How the reply is to come.</summary>
public sealed record OutputWishes
{
    public int Choices { get; init; } = 1;
    public bool Stream { get; init; }
    public bool IncludeUsage { get; init; }
    public bool Obfuscate { get; init; }
    public bool LogProbabilities { get; init; }
    public int TopLogProbabilities { get; init; }
    public bool TokenIds { get; init; }
    public bool SkipSpecialTokens { get; init; } = true;
}

/// <summary>Sampling fields as sent; null means the model's own default.</summary>
public sealed record SamplingWishes
{
    public float? Temperature { get; init; }
    public float? TopP { get; init; }
    public int? TopK { get; init; }
    public float? MinP { get; init; }
    public float? TypicalP { get; init; }
    public float? RepetitionPenalty { get; init; }
    public float? FrequencyPenalty { get; init; }
    public float? PresencePenalty { get; init; }
    public long? Seed { get; init; }
    public int? MinTokens { get; init; }
    public bool? IgnoreEos { get; init; }
    public ImmutableDictionary<int, float> LogitBias { get; init; } = ImmutableDictionary<int, float>.Empty;
    public ImmutableArray<int> StopTokens { get; init; } = [];
    public ImmutableArray<int> AllowedTokens { get; init; } = [];
    public ImmutableArray<string> BadWords { get; init; } = [];
}
