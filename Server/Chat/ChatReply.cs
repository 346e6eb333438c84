// The shapes of chat replies, whole and streamed, as in OpenAI's specification. Data only.
using System.Text.Json;
using System.Text.Json.Serialization;
using Majlis.Server.Chat.Tools;
using Majlis.Server.Runs;

namespace Majlis.Server.Chat;

sealed record ChatReply(string Id, string Object, long Created, string Model, string SystemFingerprint, string ServiceTier,
    IReadOnlyList<ChatChoice> Choices, Usage Usage)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int[]? PromptTokenIds { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<IReadOnlyDictionary<string, PromptLogProb>?>? PromptLogprobs { get; init; }
}

sealed record ChatChoice(int Index, ChatMessage Message, string FinishReason)
{
    public ChoiceLogProbs? Logprobs { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<int>? TokenIds { get; init; }
}

/// <summary><paramref name="Content"/> is null where the answer holds calls and no text.</summary>
sealed record ChatMessage(string Role, string? Content)
{
    /// <summary>What the model thought before it answered; absent where it did not.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Reasoning { get; init; }

    /// <summary>The same under the name that DeepSeek gave it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ReasoningContent => Reasoning;

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ToolCallReply>? ToolCalls { get; init; }

    public string? Refusal { get; }
    public IReadOnlyList<Annotation> Annotations { get; init; } = [];

    /// <summary>Absent where the request has no documents to cite.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<CitationReply>? Citations { get; init; }
}

record ChatChunk(string Id, string Object, long Created, string Model, string SystemFingerprint, string ServiceTier,
    IReadOnlyList<ChunkChoice> Choices)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int[]? PromptTokenIds { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Obfuscation { get; init; }
}

/// <summary>With include_usage every chunk has the field; it is null in all but the last.</summary>
sealed record ChatChunkWithUsage : ChatChunk
{
    public ChatChunkWithUsage(ChatChunk chunk, Usage? usage) : base(chunk) => Usage = usage;

    public Usage? Usage { get; }
}

sealed record ChunkChoice(int Index, ChunkDelta Delta, string? FinishReason)
{
    public ChoiceLogProbs? Logprobs { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<int>? TokenIds { get; init; }
}

sealed record ChunkDelta(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Role = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Content = null)
{
    static readonly JsonElement none = JsonElement.Parse("null");

    /// <summary>JSON's null where a choice begins, as OpenAI writes it; nothing is refused here.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JsonElement? Refusal => Role is null ? null : none;

    /// <summary>As a message's.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Reasoning { get; init; }

    /// <summary>As a message's.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ReasoningContent => Reasoning;

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ToolCallDelta>? ToolCalls { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<CitationReply>? Citations { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<Annotation>? Annotations { get; init; }
}

sealed record ChoiceLogProbs(IReadOnlyList<TokenLogProb> Content)
{
    public string? Refusal { get; }
}

sealed record TokenLogProb(string Token, float Logprob, int[] Bytes, IReadOnlyList<TopLogProbReply> TopLogprobs);

sealed record TopLogProbReply(string Token, float Logprob, int[] Bytes);

/// <summary>vLLM's form of one token at a prompt's position.</summary>
/// <param name="Rank">1 for the likeliest token there.</param>
sealed record PromptLogProb(float Logprob, int Rank, string DecodedToken);
