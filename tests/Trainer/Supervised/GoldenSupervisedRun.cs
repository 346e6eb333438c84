// A stored run of TRL's SFTTrainer as a run of ours: network, rows and options from the files.
using System.Text.Json;
using Majlis.Model;
using Majlis.Model.Weights;
using Majlis.tests.Support;
using Majlis.Torch;
using Majlis.Torch.Packed;
using Majlis.Trainer.Optimization;
using Majlis.Trainer.Supervised;
using Majlis.Trainer.Supervised.Data;
using TorchSharp;
using Xunit;

namespace Majlis.tests.Trainer.Supervised;

sealed class GoldenSupervisedRun : IDisposable
{
    readonly string folder;
    readonly JsonElement run;
    readonly Transformer network;
    readonly (string Name, torch.Tensor Value)[] parameters;

    public GoldenSupervisedRun(string name)
    {
        folder = Shared.Golden("training", "sft_run", name);
        using var json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "run.json")));
        run = json.RootElement.Clone();
        using var checkpoint = Checkpoint.Open(Path.GetFullPath(Path.Combine(folder, run.GetProperty("model").GetString()!)));
        network = new Transformer(checkpoint.Blueprint, checkpoint.Weights);
        parameters = [.. network.Weights.Select(weight => (weight.Key, weight.Value.requires_grad_(true)))];
    }

    public JsonElement[] Steps => [.. run.GetProperty("steps").EnumerateArray()];

    /// <summary>TRL's rows: ids and the lengths of the examples in them.</summary>
    public IEnumerable<(int[] Ids, int[] Lengths)> PreparedRows => run.GetProperty("prepared_dataset").EnumerateArray().Select(row =>
        (Ids(row, "input_ids"), row.TryGetProperty("seq_lengths", out _) ? Ids(row, "seq_lengths") : [Ids(row, "input_ids").Length]));

    public Example[] Examples => [.. run.GetProperty("rows").EnumerateArray().Select((row, index) =>
    {
        var (prompt, completion) = (Ids(row, "prompt"), Ids(row, "completion"));
        var whole = Settings.TryGetProperty("completion_only_loss", out var only) && !only.GetBoolean();
        var example = new Example([.. prompt, .. completion],
            [.. prompt.Select(_ => whole), .. completion.Select(_ => true)], $"row {index}");
        return Options.Packing ? example.CutTo(Options.MaxLength) : example;
    })];

    public SupervisedOptions Options => new()
    {
        Model = folder,
        Data = [],
        LossType = Settings.TryGetProperty("loss_type", out var type) ? type.GetString()! : "nll",
        Packing = Settings.TryGetProperty("packing", out var packing) && packing.GetBoolean(),
        MaxLength = Settings.TryGetProperty("max_length", out var length) ? length.GetInt32() : 1024,
        BatchRows = Settings.GetProperty("per_device_train_batch_size").GetInt32(),
        Accumulation = Settings.GetProperty("gradient_accumulation_steps").GetInt32(),
        Steps = run.GetProperty("steps_total").GetInt32(),
        LearningRate = Number("learning_rate"),
        Schedule = Settings.GetProperty("lr_scheduler_type").GetString()!,
        WarmupSteps = Settings.GetProperty("warmup_steps").GetInt32(),
        WeightDecay = Number("weight_decay"),
        MaxGradientNorm = Number("max_grad_norm"),
        Numerics = "fp32",
        Shuffle = false,
    };

    public TrainingResult Train()
    {
        var packed = new PackedTransformer(network.Blueprint, network.Weights, torch.ScalarType.Float32);
        using var trainer = new TrainingLoop(new SupervisedObjective(packed, parameters, Examples, Options), Options.Loop);
        return trainer.Run(_ => { });
    }

    /// <summary>Relative L2 distance of all weights from TRL's final ones.</summary>
    public double FinalDistance()
    {
        using var final = SafetensorsFile.Open(Path.Combine(folder, "final", "model.safetensors"));
        var (distance, length) = (0.0, 0.0);
        foreach (var (name, value) in parameters)
        {
            using var scope = torch.NewDisposeScope();
            var numbers = new float[final.Tensors[name].Elements];
            final.Read(name, 0, numbers);
            var expected = torch.tensor(numbers).reshape(value.shape);
            distance += (value.detach() - expected).Squared().sum().item<float>();
            length += expected.Squared().sum().item<float>();
        }
        return Math.Sqrt(distance / length);
    }

    public void Dispose() => network.Dispose();

    JsonElement Settings => run.GetProperty("hyperparameters");

    double Number(string name) => Settings.GetProperty(name).GetDouble();

    static int[] Ids(JsonElement of, string name) => [.. of.GetProperty(name).EnumerateArray().Select(id => id.GetInt32())];
}
