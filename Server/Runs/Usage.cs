// The tokens of a request, as every reply tells them. Data only.
namespace Majlis.Server.Runs;

sealed record Usage(int PromptTokens, int CompletionTokens, int TotalTokens)
{
    public PromptDetails PromptTokensDetails { get; init; } = new(0);
    public CompletionDetails CompletionTokensDetails { get; init; } = new(0);
}

sealed record PromptDetails(int CachedTokens)
{
    public int AudioTokens { get; }
}

sealed record CompletionDetails(int ReasoningTokens)
{
    public int AudioTokens { get; }
    public int AcceptedPredictionTokens { get; }
    public int RejectedPredictionTokens { get; }
}
