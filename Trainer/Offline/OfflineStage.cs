// Offline DPO from recipe to result: may be killed at any moment and, run again, goes on from its last checkpoint to the same bits.
// Knows no votes and no console.
using Majlis.Model;
using Majlis.Model.Hashes;
using Majlis.Text;
using Majlis.Text.Chat;
using Majlis.Torch;
using Majlis.Trainer.Optimization;
using Majlis.Trainer.Preference;
using Majlis.Trainer.Sequences;
using Majlis.Trainer.Supervised;
using Majlis.Trainer.Supervised.Data;

namespace Majlis.Trainer.Offline;

/// <param name="options">The recipe.</param>
/// <param name="folder">Where everything is kept.</param>
/// <param name="say">Gets a line for each thing that happens once.</param>
/// <param name="progress">Gets a line per step.</param>
/// <param name="time">The clock.</param>
public sealed class OfflineStage(OfflineOptions options, StageFolder folder, Action<string> say, IProgress<string> progress,
    TimeProvider time)
{
    string ReferencePath => Path.Combine(folder.Path, "reference.safetensors");

    /// <summary>Why the result must not be used; null where there is one.</summary>
    /// <exception cref="ModelFormatException">Model or folder cannot be used.</exception>
    /// <exception cref="DataException">The pairs cannot be used.</exception>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public string? Run()
    {
        using var held = folder.Lock();
        using var checkpoint = Checkpoint.Open(options.Model);
        var start = new OfflineStart(options, FileHash.OfAll(options.Data), checkpoint.WeightsHash);
        folder.Begin(start);
        if (Directory.Exists(folder.Finished))
        {
            say($"{folder.Finished} is there already: nothing is left to do");
            return null;
        }
        var pairs = Read(checkpoint);
        say($"{pairs.Count} pairs");
        using var network = new Transformer(checkpoint.Blueprint, checkpoint.Weights);
        return Train(checkpoint, TorchPolicy.WithAllWeights(network), pairs, start);
    }

    IReadOnlyList<TrainingPair> Read(Checkpoint checkpoint)
    {
        var tokenizer = checkpoint.Tokenizer
            ?? throw new ModelFormatException($"{options.Model}: has no {CheckpointFiles.Tokenizer}, which training on text needs.");
        var end = TemplateFiles.SpecialTokens(checkpoint.Path).Eos is { } text ? tokenizer.TokenId(text) : null;
        var encoder = new RowEncoder(tokenizer, checkpoint.ChatTemplate, end, wholeText: false, time);
        return PairFiles.Read(options.Data, encoder, options.MaxLength);
    }

    string? Train(Checkpoint checkpoint, Policy policy, IReadOnlyList<TrainingPair> pairs, OfflineStart start)
    {
        // Before any state is restored: the reference is what the stage starts from.
        var reference = Reference(policy, pairs);
        using var trainer = new TrainingLoop(new PairObjective(policy, pairs, reference, options.Pairs()), options.Loop());
        if (trainer.TryRestore(folder.States, say)) say($"going on after step {trainer.Step} of {trainer.TotalSteps}");
        var line = new ProgressLine("dpo", trainer.Step, trainer.TotalSteps, time);
        var result = trainer.Run(step =>
        {
            if (step.Step % options.SaveEvery == 0 || step.Step == trainer.TotalSteps) trainer.Save(folder.States);
            progress.Report(line.Of(step));
        });
        if (result.Refusal is { } refusal) return $"{refusal}. The checkpoints before it stay in {folder.States}";
        var last = result.Log[^1];
        folder.Finish(checkpoint, policy.Parameters, hash => new OfflineManifest("dpo", start, pairs.Count, result.Steps,
            result.Log[0]["loss"], last["loss"], last["rewards/margins"], last["rewards/accuracies"], hash), result.Log);
        say($"done: {folder.Finished}");
        return null;
    }

    ReferenceScores Reference(Policy policy, IReadOnlyList<TrainingPair> pairs)
    {
        if (File.Exists(ReferencePath)) return ReferenceScores.Load(ReferencePath);
        var scoring = new ScoringProgress("scored", 2 * pairs.Count, progress, time);
        var scores = ReferenceScores.Compute(
            policy, pairs.Chunk(options.BatchPairs).Select(TrainingPair.Rows), pad: 0, scoring.Add);
        scores.Save(ReferencePath + DurableFiles.Unfinished);
        File.Move(ReferencePath + DurableFiles.Unfinished, ReferencePath);
        return scores;
    }
}

/// <summary>What a stage began with: the recipe, sha256 over its data and of the weights.</summary>
public sealed record OfflineStart(OfflineOptions Options, string DataHash, string ModelHash);

/// <param name="Stage">Always <c>dpo</c>.</param>
/// <param name="Margin">Mean reward of chosen over rejected answers in the last step.</param>
/// <param name="Accuracy">Share of the last step's pairs with a positive margin.</param>
/// <param name="WeightsHash">sha256 of the weights to serve.</param>
public sealed record OfflineManifest(string Stage, OfflineStart Start, int Pairs, int Steps, double FirstLoss, double LastLoss,
    double Margin, double Accuracy, string WeightsHash);
