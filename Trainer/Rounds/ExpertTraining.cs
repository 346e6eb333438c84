// Trains one expert: its pairs, its adapter, its log. May be killed at any step and continues from the saved state to the same bits.
using System.Text.Json;
using Majlis.Feedback.Store;
using Majlis.Model;
using Majlis.Model.Adapters;
using Majlis.Torch;
using Majlis.Trainer.Optimization;
using Majlis.Trainer.Sequences;
using Majlis.Trainer.Stages;

namespace Majlis.Trainer.Rounds;

/// <param name="network">The frozen weights the round starts from.</param>
/// <param name="options">The round's options.</param>
/// <param name="progress">Gets a line per step.</param>
/// <param name="time">For rate and remaining time.</param>
/// <param name="stepped">Gets the metrics of every step.</param>
sealed class ExpertTraining(Transformer network, RoundOptions options, IProgress<string> progress, TimeProvider time,
    Action<StepMetrics> stepped)
{
    public const string AdapterFolder = "adapter";
    public const string StateFolder = "state";

    static readonly JsonSerializerOptions indented = new() { WriteIndented = true };

    /// <summary>Trains or continues in <paramref name="folder"/>; the finished adapter is in its <see cref="AdapterFolder"/>.</summary>
    /// <param name="name">The expert's.</param>
    /// <param name="pairs">How many it has, for the record.</param>
    /// <param name="folder">Of the expert.</param>
    /// <param name="objective">What is learnt, given the network with its adapter.</param>
    public ExpertResult Train(string name, int pairs, string folder, Func<Policy, IObjective> objective)
    {
        var settings = new LoraSettings
        {
            Rank = options.Rank,
            Alpha = options.Alpha,
            Targets = Targets(),
            LayersToTransform = options.LayerNumbers,
        };
        var config = AdapterConfig.Plain(options.Rank, options.Alpha, [.. settings.Targets]) with
        {
            LayersToTransform = settings.LayersToTransform is [] ? null : [.. settings.LayersToTransform],
        };
        using var adapter = LoraAdapter.Create(network.Blueprint, config, (ulong)options.Seed);
        var policy = TorchPolicy.WithAdapter(network, adapter, options.Numerics);
        using var trainer = new TrainingLoop(objective(policy), options.Loop());
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
        if (result.Refusal is null) Save(adapter, settings, result, folder);
        if (result.Log.Count == 0) return new ExpertResult(name, pairs, 0, 0, 0, 0, 0, result.Refusal);
        var (first, last) = (result.Log[0], result.Log[^1]);
        return new ExpertResult(name, pairs, result.Steps, first["loss"], last["loss"],
            last.Values.GetValueOrDefault("rewards/margins"), last.Values.GetValueOrDefault("rewards/accuracies"), result.Refusal);
    }

    /// <summary>The modules that options name, or of all that peft usually names those that the family has.</summary>
    string[] Targets()
    {
        if (options.TargetModules != RoundOptions.AllLinear) return [.. options.Modules];
        var modules = network.Weights.Keys.ToHashSet();
        return [.. RoundOptions.Linear.Where(name => modules.Any(weight => weight.EndsWith($".{name}.weight", StringComparison.Ordinal)))];
    }

    static void Save(LoraAdapter adapter, LoraSettings settings, TrainingResult result, string folder)
    {
        Directory.CreateDirectory(folder);
        var target = Path.Combine(folder, AdapterFolder);
        if (Directory.Exists(target)) return;
        DurableFiles.Create(target, fresh =>
        {
            TensorFile.Write(Path.Combine(fresh, "adapter_model.safetensors"),
                adapter.NamedParameters.Select(parameter =>
                    (parameter.Name, parameter.Value.shape, parameter.Value.detach().cpu().data<float>().ToArray())));
            File.WriteAllText(Path.Combine(fresh, AdapterConfig.FileName),
                settings.ToJson("the round's start", "CAUSAL_LM").ToJsonString(indented));
            File.WriteAllLines(Path.Combine(fresh, "metrics.jsonl"),
                result.Log.Select(step => JsonSerializer.Serialize(step, TrainerJson.Plain)));
        });
    }
}
