// Sampled answers to pairs: of each prompt the best against the worst. Written as rows of token ids, so nothing is tokenised again. Knows
// no model.
using System.Text.Json.Nodes;
using Majlis.Evaluation;

namespace Majlis.Trainer.Iterate;

static class AnswerPairs
{
    /// <summary>A row for the trainer, or null where fewer than two answers are scored or all score the same.</summary>
    /// <param name="prompt">Token ids.</param>
    /// <param name="answers">Of one prompt.</param>
    /// <param name="scores">As many.</param>
    public static JsonObject? Row(int[] prompt, IReadOnlyList<ModelAnswer> answers, IReadOnlyList<double?> scores)
    {
        var scored = answers.Zip(scores).Where(answer => answer.Second is not null && answer.First.Tokens.Length > 0).ToArray();
        if (scored.Length < 2) return null;
        var (best, worst) = (scored.MaxBy(answer => answer.Second), scored.MinBy(answer => answer.Second));
        if (best.Second == worst.Second || best.First.Tokens.SequenceEqual(worst.First.Tokens)) return null;
        return new JsonObject
        {
            ["prompt_ids"] = Ids(prompt),
            ["chosen_ids"] = Ids(best.First.Tokens),
            ["rejected_ids"] = Ids(worst.First.Tokens),
            ["margin"] = best.Second - worst.Second,
        };
    }

    static JsonArray Ids(IEnumerable<int> ids) => new([.. ids.Select(id => (JsonNode)id)]);
}
