// One round's pairs: answers sampled from the current version through the engine, scored, and written. Durable as a whole: a kill while it
// samples begins it anew. Knows no training.
using System.Text.Json;
using System.Text.Json.Nodes;
using Majlis.Evaluation;
using Majlis.Inference;
using Majlis.Model;
using Majlis.Torch;
using Majlis.Trainer.Data;
using Majlis.Trainer.Sequences;
using Majlis.Trainer.Stages;
using static System.FormattableString;

namespace Majlis.Trainer.Iterate;

sealed class AnswerSampling(IterateOptions options, IAnswerScorer scorer, StageRun run)
{
    /// <param name="model">The version to sample from.</param>
    /// <param name="prompts">What to answer.</param>
    /// <param name="round">Counted from 1.</param>
    /// <param name="path">The file to make.</param>
    /// <exception cref="DataException">No prompt gave a pair.</exception>
    public async Task WriteAsync(string model, IReadOnlyList<PromptRow> prompts, int round, string path)
    {
        if (File.Exists(path)) return;
        var checkpoint = Checkpoint.Open(model);
        await using var answering = new AnsweringModel(
            checkpoint, new TorchNetwork(checkpoint.Blueprint, checkpoint.Weights), options.MaxLength);
        var progress = new ScoringProgress($"round {round}: answered", prompts.Count, run.Progress, run.Time);
        var scores = new List<double>();
        var rows = await Task.WhenAll(prompts.Select((prompt, index) => OneAsync(answering, prompt, round, index, scores, progress)));
        var pairs = rows.OfType<JsonObject>().Select(row => row.ToJsonString()).ToArray();
        if (pairs.Length == 0)
            throw new DataException($"{string.Join(", ", options.Data)}: in round {round} no prompt has answers that score differently; "
                + "raise completions or temperature, or use another scorer.");
        run.Say(Invariant($"round {round}: {pairs.Length} pairs of {prompts.Count} prompts; ")
            + Invariant($"the answers' mean score is {scores.Average():0.###}"));
        DurableFiles.Replace(path, System.Text.Encoding.UTF8.GetBytes(string.Join('\n', pairs) + "\n"));
    }

    async Task<JsonObject?> OneAsync(
        AnsweringModel model, PromptRow prompt, int round, int index, List<double> scores, ScoringProgress progress)
    {
        var ids = model.Prompt(prompt.Conversation);
        if (ids.Length + options.MaxTokens > options.MaxLength)
            throw new DataException($"{prompt.Place}: the prompt has {ids.Length} tokens, which with max_tokens {options.MaxTokens} "
                + $"is above max_length {options.MaxLength}.");
        SamplingOptions Sampling(int number) => new()
        {
            Temperature = (float)options.Temperature,
            TopP = (float)options.TopP,
            Seed = unchecked(((options.Seed * 1_000_003 + round) * 1_000_003 + index) * 1_009 + number),
        };
        var answers = await Task.WhenAll(Enumerable.Range(0, options.Completions)
            .Select(number => model.AnswerAsync(ids, Sampling(number), options.MaxTokens)));
        var marks = await scorer.ScoreAsync(prompt, answers);
        lock (scores)
        {
            scores.AddRange(marks.OfType<double>());
            progress.Add(1);
        }
        return AnswerPairs.Row(ids, answers, marks);
    }
}
