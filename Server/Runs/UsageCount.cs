// Adds up the tokens of a request for its reply. Knows no text.
using Majlis.Inference;

namespace Majlis.Server.Runs;

/// <summary>Every prompt counts once, every generated token of every choice counts.</summary>
sealed class UsageCount(GenerationRun run)
{
    readonly int[] cached = new int[run.Prompts.Length];
    int completion, reasoning;

    public void Add(int choice, GeneratedPiece piece)
    {
        var prompt = run.PromptOf(choice);
        completion += piece.Tokens.Length;
        reasoning += piece.ReasoningTokens;
        cached[prompt] = Math.Max(cached[prompt], piece.CachedPromptTokens);
    }

    public Usage Usage => new(run.PromptTokens, completion, run.PromptTokens + completion)
    {
        PromptTokensDetails = new PromptDetails(cached.Sum()),
        CompletionTokensDetails = new CompletionDetails(reasoning),
    };
}
