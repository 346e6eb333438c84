// A stage from recipe to result: may be killed at any moment and, run again, goes on from its last checkpoint to the same bits.
// Knows no console.
using Majlis.Model;
using Majlis.Model.Hashes;
using Majlis.Text;
using Majlis.Text.Chat;
using Majlis.Torch;
using Majlis.Torch.Packed;
using Majlis.Trainer.Optimization;
using Majlis.Trainer.Supervised.Data;
using static TorchSharp.torch;

namespace Majlis.Trainer.Supervised;

/// <param name="options">The recipe.</param>
/// <param name="folder">Where everything is kept.</param>
/// <param name="say">Gets a line for each thing that happens once.</param>
/// <param name="progress">Gets a line now and then.</param>
/// <param name="time">The clock.</param>
public sealed class SupervisedStage(SupervisedOptions options, StageFolder folder, Action<string> say, IProgress<string> progress,
    TimeProvider time)
{
    /// <summary>Why the result must not be used; null where there is one.</summary>
    /// <exception cref="ModelFormatException">Model or folder cannot be used.</exception>
    /// <exception cref="DataException">The data cannot be used.</exception>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public string? Run()
    {
        using var held = folder.Lock();
        var start = new SupervisedStart(options, FileHash.OfAll(options.Data), ModelHash());
        folder.Begin(start);
        if (Directory.Exists(folder.Finished))
        {
            say($"{folder.Finished} is there already: nothing is left to do");
            return null;
        }
        if (options.FromScratch) folder.WriteInitial(options.Model, (ulong)options.Seed);
        using var checkpoint = Checkpoint.Open(options.FromScratch ? folder.Initial : options.Model);
        var data = Read(checkpoint);
        using var network = new Transformer(checkpoint.Blueprint, checkpoint.Weights);
        return Train(checkpoint, network, data, start);
    }

    string ModelHash()
    {
        if (options.FromScratch) return FileHash.Of(Path.Combine(options.Model, CheckpointFiles.Config));
        using var checkpoint = Checkpoint.Open(options.Model);
        return checkpoint.WeightsHash;
    }

    DataSet Read(Checkpoint checkpoint)
    {
        var tokenizer = checkpoint.Tokenizer
            ?? throw new ModelFormatException($"{options.Model}: has no {CheckpointFiles.Tokenizer}, which training on text needs.");
        if (tokenizer.VocabularySize > checkpoint.Blueprint.VocabularySize)
            throw new ModelFormatException($"{options.Model}: the tokenizer has {tokenizer.VocabularySize} tokens, the network only "
                + $"{checkpoint.Blueprint.VocabularySize}.");
        if (options.MaxLength > checkpoint.Blueprint.MaxPositions)
            throw new ModelFormatException($"max_length: {options.MaxLength} is above the {checkpoint.Blueprint.MaxPositions} positions "
                + "that the network's config allows.");
        var end = TemplateFiles.SpecialTokens(checkpoint.Path).Eos is { } text ? tokenizer.TokenId(text) : null;
        var encoder = new RowEncoder(tokenizer, checkpoint.ChatTemplate, end, options.Loss == "text", time);
        var data = DataFiles.Read(options.Data, encoder, options.MaxLength);
        say($"{data.Examples.Count} examples of {data.Examples.Sum(example => (long)example.Tokens.Length)} tokens"
            + (data.Cut > 0 ? $"; {data.Cut} were longer than {options.MaxLength} tokens and are cut" : "")
            + (data.Dropped > 0 ? $"; {data.Dropped} have nothing to learn from and are left out" : ""));
        return data;
    }

    string? Train(Checkpoint checkpoint, Transformer network, DataSet data, SupervisedStart start)
    {
        (string Name, Tensor Value)[] parameters = [.. network.Weights.Select(weight => (weight.Key, weight.Value.requires_grad_(true)))];
        var packed = new PackedTransformer(checkpoint.Blueprint, network.Weights,
            options.Numerics == "bf16" ? ScalarType.BFloat16 : ScalarType.Float32);
        var objective = new SupervisedObjective(packed, parameters, data.Examples, options);
        using var trainer = new TrainingLoop(objective, options.Loop);
        if (trainer.TryRestore(folder.States, say)) say($"going on after step {trainer.Step} of {trainer.TotalSteps}");
        var lines = new StepProgress(trainer.Step, trainer.TotalSteps, progress, time);
        var result = trainer.Run(step =>
        {
            if (step.Step % options.SaveEvery == 0 || step.Step == trainer.TotalSteps) trainer.Save(folder.States);
            lines.Add(step);
        });
        if (result.Refusal is { } refusal) return $"{refusal}. The checkpoints before it stay in {folder.States}";
        var manifest = new SupervisedManifest("sft", start, data.Examples.Count, objective.Items, data.Dropped, data.Cut, result.Steps,
            result.Log[^1]["num_tokens"], SupervisedManifest.CurveOf(result.Log));
        folder.Finish(checkpoint, parameters, hash => manifest with { WeightsHash = hash }, result.Log);
        say($"done: {folder.Finished}");
        return null;
    }
}
