// One prompt answered twice: what was shown, in which order, and what training needs of each side. Knows no votes and no store.
namespace Majlis.Feedback.Votes;

/// <summary>One answer of a battle, with its exact tokens, so that nothing is ever tokenised again.</summary>
/// <param name="Version">Content hash or catalogue id of the weights that answered, the adapter's change included.</param>
/// <param name="Adapter">What replies call the weights with the adapter on them (<c>v0003:legal</c>); null without one.</param>
/// <param name="SamplingJson">The sampling options with the seed, as JSON.</param>
/// <param name="LogProbabilities">One per completion token, natural log, temperature 1, float32 log-softmax of the raw logits.</param>
/// <param name="FinishReason">The wire's word: <c>stop</c> or <c>length</c>.</param>
public sealed record BattleSide(
    string Version,
    string? Adapter,
    string SamplingJson,
    int[] PromptTokens,
    int[] CompletionTokens,
    float[] LogProbabilities,
    string Text,
    string FinishReason,
    double LatencyMs);

/// <summary>Two answers to one prompt. A and B are the order in which they were shown.</summary>
/// <param name="MessagesJson">The conversation as the client sent it: a JSON array of messages.</param>
/// <param name="PromptHash">See <see cref="Feedback.PromptHash"/>.</param>
/// <param name="Language">See <see cref="PromptLanguage"/>.</param>
/// <param name="Rater">Keyed hash of the rater who may vote, or <see cref="Anyone"/>.</param>
public sealed record Battle(
    string Id,
    string MessagesJson,
    string PromptHash,
    string Language,
    string Rater,
    DateTimeOffset Opened,
    BattleSide A,
    BattleSide B)
{
    /// <summary>The rater of a battle that is open to several voters: each may vote once.</summary>
    public const string Anyone = "*";

    /// <summary>The messages as the template got them, where passages were written into them; null where they are the client's.</summary>
    public string? GroundedMessagesJson { get; init; }

    /// <summary>The passages that the template got, the client's or the server's own: a JSON array; null where it got none.</summary>
    public string? DocumentsJson { get; init; }

    /// <summary>The template's other variables: a JSON object; null where there are none.</summary>
    public string? TemplateArgumentsJson { get; init; }

    /// <summary>Probability with which these two were drawn against each other, in (0, 1].</summary>
    public double Propensity { get; init; } = 1;
}
