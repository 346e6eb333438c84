// Compares candidate and current version on the held-out pairs and the fixed critical tasks, in serving numerics. Knows no catalogue.
using System.Collections.Immutable;
using Majlis.Evaluation;
using Majlis.Model;
using Majlis.Text;
using Majlis.Torch;
using Majlis.Trainer.Preference;

namespace Majlis.Trainer.Rounds;

/// <summary>Builds the critical items for a model; the safety task by default.</summary>
public delegate IReadOnlyList<PreferenceItem> CriticalItems(Checkpoint model);

static class CandidateGate
{
    public static IReadOnlyList<PreferenceItem> Safety(Checkpoint model) => SafetyTask.Items(
        model.Tokenizer ?? throw new ModelFormatException($"{model.Path}: there is no tokenizer, so the safety task cannot be worded"),
        model.ChatTemplate, model.Generation.EosTokens.Select(token => (int?)token).FirstOrDefault());

    public static GateVerdict Judge(RoundStart start, RoundPairs pairs, string candidate, CriticalItems critical, IProgress<string> display,
        TimeProvider time)
    {
        var held = pairs.HeldOut.Select(pair => new PreferenceItem(pair.Id, pair.Prompt, pair.Chosen, pair.Rejected)).ToArray();
        using var current = Checkpoint.Open(start.ServePath);
        var tasks = critical(current);
        var progress = new ScoringProgress("judged", 2 * (held.Length + tasks.Count), display, time);
        var before = Score(current, [.. held, .. tasks], progress);
        using var merged = Checkpoint.Open(candidate);
        var after = Score(merged, [.. held, .. tasks], progress);
        string[] prompts = [.. pairs.HeldOut.Select(pair => pair.PromptHash)];
        var (old, now) = (before[..held.Length], after[..held.Length]);
        var moved = HeldOutCounts.Moved(old, now, prompts);
        var evidence = new GateEvidence(moved, pairs.HeldOut.Select(pair => pair.Voter).Distinct().Count(),
            100 / start.Options.HeldOutPercent * held.Length / Math.Max(1, moved.Items),
            [
                new CapabilityResult(SafetyTask.Name, Paired(before[held.Length..], after[held.Length..])),
                new CapabilityResult("rater's choice likelier per token", HeldOutCounts.Preferred(old, now, prompts)),
            ]);
        return Gate.Judge(evidence, GatePolicy.Find(start.Options.Policy)!);
    }

    static ImmutableArray<ScoredItem> Score(Checkpoint model, IReadOnlyList<PreferenceItem> items, ScoringProgress progress)
    {
        using var network = new TorchNetwork(model.Blueprint, model.Weights);
        return PreferenceAccuracy.Score(network, items, progress.Add);
    }

    static PairedCounts Paired(ImmutableArray<ScoredItem> before, ImmutableArray<ScoredItem> after) =>
        PairedCounts.Of([.. before.Select(item => item.PrefersChosen)], [.. after.Select(item => item.PrefersChosen)]);
}
