// Compares candidate and current version on the held-out pairs and the fixed tasks, in serving numerics. Knows no catalogue.
using System.Collections.Immutable;
using Majlis.Evaluation;
using Majlis.Model;
using Majlis.Text;
using Majlis.Torch;
using Majlis.Trainer.Preference;
using Majlis.Trainer.Sequences;

namespace Majlis.Trainer.Rounds;

/// <summary>Builds the critical items for a model; the safety task by default.</summary>
public delegate IReadOnlyList<PreferenceItem> CriticalItems(Checkpoint model);

static class CandidateGate
{
    public static IReadOnlyList<PreferenceItem> Safety(Checkpoint model) => SafetyTask.Items(
        model.Tokenizer ?? throw new ModelFormatException($"{model.Path}: there is no tokenizer, so the safety task cannot be worded"),
        model.ChatTemplate, model.Generation.EosTokens.Select(token => (int?)token).FirstOrDefault());

    public static async Task<GateVerdict> JudgeAsync(RoundStart start, RoundPairs pairs, string candidate, RoundParts parts)
    {
        var held = pairs.HeldOut.Select(pair => new PreferenceItem(pair.Id, pair.Prompt, pair.Chosen, pair.Rejected)).ToArray();
        var (before, after) = Scores(start.ServePath, candidate, held, parts);
        string[] prompts = [.. pairs.HeldOut.Select(pair => pair.PromptHash)];
        var (old, now) = (before[..held.Length], after[..held.Length]);
        var moved = HeldOutCounts.Moved(old, now, prompts);
        var evidence = new GateEvidence(moved, pairs.HeldOut.Select(pair => pair.Voter).Distinct().Count(),
            100 / start.Options.HeldOutPercent * held.Length / Math.Max(1, moved.Items),
            [
                new CapabilityResult(SafetyTask.Name, Paired(before[held.Length..], after[held.Length..])),
                new CapabilityResult("rater's choice likelier per token", HeldOutCounts.Preferred(old, now, prompts)),
                .. await TasksAsync(start, candidate, parts),
            ]);
        return Gate.Judge(evidence, GatePolicy.Find(start.Options.Policy)!);
    }

    static (ImmutableArray<ScoredItem> Before, ImmutableArray<ScoredItem> After) Scores(
        string served, string candidate, PreferenceItem[] held, RoundParts parts)
    {
        using var current = Checkpoint.Open(served);
        PreferenceItem[] items = [.. held, .. parts.Critical(current)];
        var progress = new ScoringProgress("judged", 2 * items.Length, parts.Progress, parts.Time);
        var before = Score(current, items, progress);
        using var merged = Checkpoint.Open(candidate);
        return (before, Score(merged, items, progress));
    }

    // Both write their likeliest answers to the same questions.
    static async Task<CapabilityResult[]> TasksAsync(RoundStart start, string candidate, RoundParts parts)
    {
        var items = parts.Tasks;
        if (items.Count == 0) return [];
        var progress = new ScoringProgress("answered", 2 * items.Count, parts.Progress, parts.Time);
        var (before, after) = (await AnswersAsync(start.ServePath), await AnswersAsync(candidate));
        return [.. Enumerable.Range(0, items.Count).GroupBy(index => items[index].Task, (task, of) => new CapabilityResult(task,
            PairedCounts.Of([.. of.Select(index => before[index])], [.. of.Select(index => after[index])]), start.Options.TaskMargin))];

        async Task<bool[]> AnswersAsync(string path)
        {
            var checkpoint = Checkpoint.Open(path);
            await using var model = new AnsweringModel(
                checkpoint, new TorchNetwork(checkpoint.Blueprint, checkpoint.Weights), start.Options.MaxLength);
            return await AnswerTasks.JudgeAsync(model, items, progress.Add);
        }
    }

    static ImmutableArray<ScoredItem> Score(Checkpoint model, IReadOnlyList<PreferenceItem> items, ScoringProgress progress)
    {
        using var network = new TorchNetwork(model.Blueprint, model.Weights);
        return PreferenceAccuracy.Score(network, items, progress.Add);
    }

    static PairedCounts Paired(ImmutableArray<ScoredItem> before, ImmutableArray<ScoredItem> after) =>
        PairedCounts.Of([.. before.Select(item => item.PrefersChosen)], [.. after.Select(item => item.PrefersChosen)]);
}
