// The shapes of completion replies, as in OpenAI's specification and, for what goes beyond it, in vLLM. Data only.
using System.Text.Json.Serialization;
using Majlis.Server.Chat;
using Majlis.Server.Runs;

namespace Majlis.Server.Completions;

/// <summary>A chunk of a stream; whole replies and streams that tell the usage have it beside.</summary>
record CompletionReply(string Id, string Object, long Created, string Model, string SystemFingerprint,
    IReadOnlyList<CompletionChoice> Choices);

/// <summary>In streams the usage is null in all chunks but the last.</summary>
sealed record CompletionReplyWithUsage : CompletionReply
{
    public CompletionReplyWithUsage(CompletionReply reply, Usage? usage) : base(reply) => Usage = usage;

    public Usage? Usage { get; }
}

/// <param name="FinishReason">Null in chunks before the choice's last.</param>
sealed record CompletionChoice(int Index, string Text, CompletionLogProbs? Logprobs, string? FinishReason)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<IReadOnlyDictionary<string, PromptLogProb>?>? PromptLogprobs { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<int>? PromptTokenIds { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<int>? TokenIds { get; init; }
}

/// <summary>Four lists of one length, an entry for each token.</summary>
/// <param name="TopLogprobs">From a token's text to its value, the token itself included; null for a prompt's first token.</param>
/// <param name="TextOffset">Where the token's text begins in the choice's text, in code points.</param>
sealed record CompletionLogProbs(List<string> Tokens, List<float?> TokenLogprobs, List<Dictionary<string, float>?> TopLogprobs,
    List<int> TextOffset);
