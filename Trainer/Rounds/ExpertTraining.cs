// Trains one expert: its pairs, its adapter, its log. May be killed at any step and continues from the saved state to the same bits.
using System.Collections.Immutable;
using System.Text.Json;
using Majlis.Feedback.Store;
using Majlis.Model;
using Majlis.Torch;
using Majlis.Trainer.Optimization;
using Majlis.Trainer.Preference;
using Majlis.Trainer.Sequences;

namespace Majlis.Trainer.Rounds;

/// <param name="network">The frozen weights the round starts from.</param>
/// <param name="reference">Scores of all the round's pairs under them.</param>
/// <param name="options">The round's options.</param>
/// <param name="progress">Gets a line per step.</param>
/// <param name="time">For rate and remaining time.</param>
/// <param name="stepped">Gets the metrics of every step.</param>
sealed class ExpertTraining(Transformer network, ReferenceScores reference, RoundOptions options, IProgress<string> progress,
    TimeProvider time, Action<StepMetrics> stepped)
{
    public const string AdapterFolder = "adapter";
    public const string StateFolder = "state";

    /// <summary>Trains or continues in <paramref name="folder"/>; the finished adapter is in its <see cref="AdapterFolder"/>.</summary>
    public ExpertResult Train(string name, IReadOnlyList<TrainingPair> pairs, string folder)
    {
        var config = new LoraConfig(options.Rank, options.Alpha, Targets());
        using var adapter = LoraAdapter.Create(network.Blueprint, config, (ulong)options.Seed);
        var policy = TorchPolicy.WithAdapter(network, adapter, options.Numerics);
        using var trainer = new TrainingLoop(new PairObjective(policy, pairs, reference, options.Pairs()), options.Loop());
        var state = Path.Combine(folder, StateFolder);
        if (trainer.TryRestore(state, progress.Report))
            progress.Report($"{name}: going on after step {trainer.Step} of {trainer.TotalSteps}");
        var line = new ProgressLine(name, trainer.Step, trainer.TotalSteps, time);
        var result = trainer.Run(step =>
        {
            if (step.Step % options.SaveEvery == 0)
            {
                trainer.Save(state);
                _ = PrivateFolder.Tighten(folder);
            }
            stepped(step);
            progress.Report(line.Of(step));
        });
        network.Attach(null);
        if (result.Refusal is null) Save(adapter, config, result, folder);
        if (result.Log.Count == 0) return new ExpertResult(name, pairs.Count, 0, 0, 0, 0, 0, result.Refusal);
        var (first, last) = (result.Log[0], result.Log[^1]);
        return new ExpertResult(name, pairs.Count, result.Steps, first["loss"], last["loss"],
            last["rewards/margins"], last["rewards/accuracies"], result.Refusal);
    }

    /// <summary>The modules that options name, or of all that peft usually names those that the family has.</summary>
    ImmutableArray<string> Targets()
    {
        if (options.TargetModules != RoundOptions.AllLinear) return [.. options.Modules];
        var modules = network.Weights.Keys.ToHashSet();
        return [.. LoraConfig.AllLinear.Where(name => modules.Any(weight => weight.EndsWith($".{name}.weight", StringComparison.Ordinal)))];
    }

    static void Save(LoraAdapter adapter, LoraConfig config, TrainingResult result, string folder)
    {
        Directory.CreateDirectory(folder);
        var target = Path.Combine(folder, AdapterFolder);
        if (Directory.Exists(target)) return;
        DurableFiles.Create(target, fresh =>
        {
            TensorFile.Write(Path.Combine(fresh, "adapter_model.safetensors"),
                adapter.NamedParameters.Select(parameter =>
                    (parameter.Name, parameter.Value.shape, parameter.Value.detach().cpu().data<float>().ToArray())));
            File.WriteAllText(Path.Combine(fresh, "adapter_config.json"), config.ToJson("the round's start"));
            File.WriteAllLines(Path.Combine(fresh, "metrics.jsonl"),
                result.Log.Select(step => JsonSerializer.Serialize(step, TrainerJson.Plain)));
        });
    }
}
