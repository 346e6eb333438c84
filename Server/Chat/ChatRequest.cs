// One chat request, validated as far as possible without a model. Knows no JSON and no tokens.
using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Majlis.Inference.Grammars;
using Majlis.Server.Chat.Tools;
using Majlis.Text.Chat.Reasoning;

namespace Majlis.Server.Chat;

/// <summary>The fields of a chat completion request.</summary>
public sealed record ChatRequest
{
    public required string Model { get; init; }

    /// <summary>Messages as the client sent them, in the shape of OpenAI's specification.</summary>
    public required JsonArray Messages { get; init; }

    /// <summary>Passages to answer from: null where the client sent no such field, empty where it wants none.</summary>
    public JsonArray? Documents { get; init; }

    /// <summary>Whether the answer should cite its documents; null where the client says nothing, and then it does if it can.</summary>
    public bool? Citations { get; init; }

    /// <summary>Tools that the model may call; null where it may call none.</summary>
    public ToolOffer? Tools { get; init; }

    public JsonObject? TemplateArguments { get; init; }
    public bool AddGenerationPrompt { get; init; } = true;
    public bool ContinueFinalMessage { get; init; }

    /// <summary>How much to think, one of <see cref="TemplateReasoning.Efforts"/>; null: the template decides.</summary>
    public string? Effort { get; init; }

    /// <summary>The field that says so, and what it says where a client says nothing.</summary>
    public (string Field, string Usual) EffortNamed { get; init; } = (TemplateReasoning.EffortName, "medium");

    /// <summary>The most tokens of thinking; null: no limit.</summary>
    public int? ThinkingBudget { get; init; }

    public required SamplingWishes Sampling { get; init; }
    public int? MaxTokens { get; init; }
    public ImmutableArray<string> Stop { get; init; } = [];

    /// <summary>Requests with lower values go first in the queue. Never below 0: a client can only give way.</summary>
    public int Priority { get; init; }

    /// <summary>Who asks: clients take turns in the engine. Never from the body.</summary>
    public string Client { get; init; } = "";

    /// <summary>What the client calls its user, or its conversation; null where it names neither.</summary>
    public string? User { get; init; }

    /// <summary>True: the same bits whatever else is in the batch. Null: the server's option decides.</summary>
    public bool? Deterministic { get; init; }

    /// <summary>Only requests with the same salt share cached prefixes.</summary>
    public string? CacheSalt { get; init; }

    /// <summary>The texts that the answer may be, behind its thinking; null where it may be any.</summary>
    public GrammarWish? Grammar { get; init; }

    /// <summary>How many answers are generated, where the best of them, by mean log-probability, are returned; null: all are.</summary>
    public int? BestOf { get; init; }

    public required OutputWishes Output { get; init; }

    public int Answers => BestOf ?? Output.Choices;

    /// <summary>How the reply is kept; null where it is not.</summary>
    public ChatKeeping? Keeping { get; init; }
}

/// <summary>A grammar and the field that asks for it, for messages.</summary>
public sealed record GrammarWish(GrammarSource Source, string Field)
{
    /// <summary>Text beside calls is free.</summary>
    public bool HoldsOnlyCalls { get; init; }
}

/// <summary>The form of the reply.</summary>
public sealed record OutputWishes
{
    public int Choices { get; init; } = 1;
    public bool Stream { get; init; }
    public bool IncludeUsage { get; init; }
    public bool Obfuscate { get; init; }
    public bool LogProbabilities { get; init; }
    public int TopLogProbabilities { get; init; }

    /// <summary>How many rivals of each prompt token to name; null where the prompt's log-probabilities are not wanted.</summary>
    public int? PromptLogProbabilities { get; init; }

    public bool TokenIds { get; init; }
    public bool SkipSpecialTokens { get; init; } = true;

    /// <summary>The answer holds the stop string that ended it.</summary>
    public bool IncludeStop { get; init; }
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
