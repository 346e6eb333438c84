// Iterative training as its recipe says it: how answers are sampled and scored, and how each round's pairs are trained on.
using Majlis.Trainer.Offline;
using Majlis.Trainer.Recipes;

namespace Majlis.Trainer.Iterate;

/// <summary>The data are prompts: rows of <c>prompt</c> or <c>messages</c>, with <c>matches</c> and <c>excludes</c> for checkers.</summary>
public sealed record IterateOptions : PairStageOptions
{
    [Means("How often answers are sampled and trained on.", AtLeast = 1)]
    public int Rounds { get; init; } = 3;

    [Means("Answers sampled for each prompt.", Trl = "num_generations", AtLeast = 2)]
    public int Completions { get; init; } = 4;

    [Means("Of sampling.", AtLeast = 0, Above = true, AtMost = 2)]
    public double Temperature { get; init; } = 1;

    [Means("Sampling keeps the likeliest tokens up to this probability.", AtLeast = 0, Above = true, AtMost = 1)]
    public double TopP { get; init; } = 1;

    [Means("Tokens of an answer.", Trl = "max_completion_length", AtLeast = 1)]
    public int MaxTokens { get; init; } = 256;

    [Means("What scores answers.", OneOf = ["reward_model", "judge", "checkers"])]
    public string Scorer { get; init; } = "checkers";

    [Means("The reward model: a folder or ORG/NAME of the hub.")]
    public string? RewardModel { get; init; }

    [Means("The judge: the base address of an OpenAI-compatible server, such as http://127.0.0.1:8080/v1. MAJLIS_JUDGE_KEY holds its key.")]
    public string? JudgeUrl { get; init; }

    [Means("The judge's model.")]
    public string JudgeModel { get; init; } = "current";

    public override IEnumerable<string> Problems()
    {
        foreach (var problem in base.Problems()) yield return problem;
        if ((Scorer == "reward_model") != (RewardModel is not null)) yield return "reward_model: it belongs to the scorer reward_model.";
        if ((Scorer == "judge") != (JudgeUrl is not null)) yield return "judge_url: it belongs to the scorer judge.";
        if (JudgeUrl is { } url && !(Uri.TryCreate(url, UriKind.Absolute, out var at) && at.Scheme is "http" or "https"))
            yield return $"judge_url: '{url}' is no address like http://127.0.0.1:8080/v1.";
        if (MaxTokens >= MaxLength) yield return $"max_tokens: {MaxTokens} leaves no prompt within max_length {MaxLength}.";
        if (Reference is not null) yield return "reference: each round's is the version that it begins with.";
    }
}
