// A stored run of TRL as a run of ours: network, adapter, pairs and options from the files.
using System.Text.Json;
using Majlis.Model;
using Majlis.Model.Adapters;
using Majlis.Model.Weights;
using Majlis.tests.Support;
using Majlis.Torch;
using Majlis.Trainer.Optimization;
using Majlis.Trainer.Preference;
using Majlis.Trainer.Sequences;
using TorchSharp;
using Xunit;

namespace Majlis.tests.Trainer;

sealed class GoldenRun : IDisposable
{
    readonly string folder;
    readonly JsonElement run;
    readonly Checkpoint checkpoint;
    readonly Transformer network;
    readonly LoraAdapter? adapter;
    readonly Policy policy;
    readonly IReadOnlyList<TrainingPair> pairs;
    readonly ReferenceScores reference;

    public GoldenRun(string name)
    {
        folder = Shared.Golden("training", "dpo_run", name);
        using var json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "run.json")));
        run = json.RootElement.Clone();
        checkpoint = Checkpoint.Open(Path.Combine(folder, "base"));
        network = new Transformer(checkpoint.Blueprint, checkpoint.Weights);
        adapter = Directory.Exists(Path.Combine(folder, "adapter_init")) ? ReadAdapter() : null;
        policy = adapter is null ? TorchPolicy.WithAllWeights(network) : TorchPolicy.WithAdapter(network, adapter, "fp32");
        var all = run.GetProperty("pairs").EnumerateArray().Select((pair, index) => LossConfig.Pair(pair, $"{index}")).ToArray();
        pairs = [.. run.GetProperty("row_order_of_one_epoch").EnumerateArray().Select(row => all[row.GetInt32()])];
        // In the run's own batches, as TRL does: in other shapes rounding may differ, and step 1's accuracy counts differences above zero.
        reference = ReferenceScores.Compute(policy, pairs.Chunk(Options().BatchItems).Select(TrainingPair.Rows), pad: 0);
        CheckReference();
    }

    public JsonElement[] Steps => [.. run.GetProperty("steps").EnumerateArray()];

    public TrainingResult Train(int? steps, Action<StepMetrics>? after)
    {
        var wanted = Options() with { Steps = steps ?? run.GetProperty("steps_total").GetInt32() };
        using var trainer = new TrainingLoop(Objective(), wanted);
        return trainer.Run(after ?? (_ => { }));
    }

    /// <summary>Replaces our parameters and moments with TRL's after half the run, and runs the rest.</summary>
    public TrainingResult Resume()
    {
        using var state = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "resume", "state.json")));
        using var parameters = SafetensorsFile.Open(Path.Combine(folder, "resume", "params.safetensors"));
        using var moments = SafetensorsFile.Open(Path.Combine(folder, "resume", "optimizer.safetensors"));
        using (torch.NewDisposeScope())
        using (torch.no_grad())
            foreach (var (name, value) in policy.Parameters) value.copy_(Read(parameters, Stored(parameters, "", name)));
        using var trainer = new TrainingLoop(Objective(), Options() with { Steps = run.GetProperty("steps_total").GetInt32() });
        using var saved = new TemporaryFolder();
        using (var optimiser = new Optimizer(policy.Parameters, Options().Updates))
        {
            optimiser.Restore(state.RootElement.GetProperty("after_step").GetInt32(),
                name => Read(moments, Stored(moments, "exp_avg.", name)), name => Read(moments, Stored(moments, "exp_avg_sq.", name)));
            TrainingState.Save(saved.Path, policy.Parameters, optimiser, [], tokensSeen: 0);
        }
        Assert.True(trainer.TryRestore(saved.Path, Assert.Fail));
        return trainer.Run(_ => { });
    }

    /// <summary>Relative L2 distance of all trained values from TRL's final ones.</summary>
    public double FinalDistance()
    {
        using var final = SafetensorsFile.Open(Path.Combine(
            folder, adapter is null ? "final/model.safetensors" : "adapter_final/adapter_model.safetensors"));
        var (distance, length) = (0.0, 0.0);
        foreach (var (name, value) in policy.Parameters)
        {
            using var scope = torch.NewDisposeScope();
            var expected = Read(final, name);
            distance += (value.detach() - expected).Squared().sum().item<float>();
            length += expected.Squared().sum().item<float>();
        }
        return Math.Sqrt(distance / length);
    }

    public void Dispose()
    {
        adapter?.Dispose();
        network.Dispose();
        checkpoint.Dispose();
    }

    PairObjective Objective() => new(policy, pairs, reference,
        new PreferenceOptions { Loss = LossConfig.Read(run.GetProperty("hyperparameters")), MaxChosenDrop = 100 });

    LoopOptions Options()
    {
        var settings = run.GetProperty("hyperparameters");
        double Number(string name) => settings.GetProperty(name).GetDouble();
        return new LoopOptions
        {
            Updates = new OptimizerOptions(Number("adam_beta1"), Number("adam_beta2"), Number("adam_epsilon"), Number("weight_decay")),
            LearningRate = Number("learning_rate"),
            Schedule = settings.GetProperty("lr_scheduler_type").GetString()!,
            WarmupSteps = settings.GetProperty("warmup_steps").GetInt32(),
            BatchItems = settings.GetProperty("per_device_train_batch_size").GetInt32(),
            Accumulation = settings.GetProperty("gradient_accumulation_steps").GetInt32(),
            MaxGradientNorm = Number("max_grad_norm"),
            Shuffle = false,
        };
    }

    LoraAdapter ReadAdapter()
    {
        var config = AdapterConfig.Read(Path.Combine(folder, "adapter_init", "adapter_config.json"));
        using var weights = SafetensorsFile.Open(Path.Combine(folder, "adapter_init", "adapter_model.safetensors"));
        return LoraAdapter.Read(checkpoint.Blueprint, config, weights);
    }

    void CheckReference()
    {
        foreach (var row in run.GetProperty("reference_logps").EnumerateArray())
        {
            using var scope = torch.NewDisposeScope();
            var own = pairs.Single(pair => pair.Id == $"{row.GetProperty("row").GetInt32()}");
            using var batch = SequenceBatch.Of(TrainingPair.Rows([own]), pad: 0);
            var values = reference.Of(batch).data<float>().ToArray();
            var (chosen, rejected) = (values[..batch.CompletionsOf(1)], values[batch.CompletionsOf(1)..]);
            Assert.Equal(row.GetProperty("chosen").GetDouble(), chosen.Sum(value => (double)value), 1e-4);
            Assert.Equal(row.GetProperty("rejected").GetDouble(), rejected.Sum(value => (double)value), 1e-4);
        }
    }

    /// <summary>While training, peft has the adapter's name inside the parameter's name.</summary>
    static string Stored(SafetensorsFile file, string prefix, string name)
    {
        var names = new[] { prefix + name, prefix + name.Replace(".weight", ".default.weight", StringComparison.Ordinal) };
        return names.First(file.Tensors.ContainsKey);
    }

    static torch.Tensor Read(SafetensorsFile file, string name)
    {
        var values = new float[file.Tensors[name].Elements];
        file.Read(name, 0, values);
        using var scope = torch.NewDisposeScope();
        return torch.tensor(values).reshape(file.Tensors[name].Shape.ToArray()).MoveToOuterDisposeScope();
    }
}
