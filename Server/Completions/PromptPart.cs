// What a whole reply says of one prompt: made once, shared by all of its choices. Knows no answer.
using System.Collections.Immutable;
using Majlis.Inference;
using Majlis.Server.Chat;

namespace Majlis.Server.Completions;

/// <param name="scores">Those of all the prompt's tokens but the first; empty where none are asked for.</param>
sealed class PromptPart(CompletionRun run, int prompt, ImmutableArray<ScoredToken> scores, CompletionRequest request)
{
    public string Echo { get; } = run.Echoes[prompt];

    public int[] Tokens { get; } = run.Prompts[prompt];

    /// <summary>vLLM's list; null where it is not asked for.</summary>
    public IReadOnlyList<IReadOnlyDictionary<string, PromptLogProb>?>? Scores { get; } =
        request.Output.PromptLogProbabilities is { } rivals
            ? LogProbsWriter.OfPrompt(scores.Select(token => token.Among(rivals)), run.Tokenizer) : null;

    /// <summary>The beginning of each choice's own list; null where no scores are echoed.</summary>
    public CompletionLogProbs? Echoed { get; } = request.EchoedRivals is { } rivals
        ? CompletionLogProbsWriter.Prompt(run.Tokenizer, run.Prompts[prompt], [.. scores.Select(token => token.Among(rivals))],
            run.Echoes[prompt])
        : null;
}
