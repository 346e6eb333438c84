// A small network with random weights and random examples, to be trained twice and compared.
using System.Text.Json;
using Majlis.Model;
using Majlis.Model.Families;
using Majlis.Torch.Packed;
using Majlis.Trainer.Optimization;
using Majlis.Trainer.Supervised;
using Majlis.Trainer.Supervised.Data;
using TorchSharp;

namespace Majlis.tests.Trainer.Supervised;

sealed class TinyStage : IDisposable
{
    /// <summary>Windows shorter than the examples, grouped heads, a layer without positions.</summary>
    public const string Config = """
        {"model_type": "cohere2", "hidden_size": 32, "num_hidden_layers": 3, "num_attention_heads": 4, "num_key_value_heads": 2,
         "head_dim": 8, "intermediate_size": 48, "vocab_size": 96, "max_position_embeddings": 128, "sliding_window": 5,
         "sliding_window_pattern": 3, "layer_norm_eps": 1e-5, "logit_scale": 0.5, "rope_theta": 10000.0, "hidden_act": "silu"}
        """;

    public static readonly SupervisedOptions Options = new()
    {
        Model = "",
        Data = [],
        MaxLength = 48,
        BatchRows = 4,
        Epochs = 2,
        LearningRate = 0.01,
        WarmupSteps = 2,
        WeightDecay = 0.1,
        PromptShare = 0.3,
        Numerics = "fp32",
        Seed = 7,
    };

    public TinyStage(SupervisedOptions options, ulong seed = 3, IReadOnlyList<Example>? examples = null)
    {
        using var json = JsonDocument.Parse(Config);
        Blueprint = Families.Read(json.RootElement);
        Parameters = [.. RandomWeights.Create(Blueprint, 0.2, seed).Select(weight => (weight.Name, weight.Value.requires_grad_(true)))];
        Network = new PackedTransformer(Blueprint, Parameters.ToDictionary(weight => weight.Name, weight => weight.Value),
            options.Numerics == "bf16" ? torch.ScalarType.BFloat16 : torch.ScalarType.Float32);
        Trainer = new TrainingLoop(new SupervisedObjective(Network, Parameters, examples ?? Examples(), options), options.Loop);
    }

    public Blueprint Blueprint { get; }

    public (string Name, torch.Tensor Value)[] Parameters { get; }

    public PackedTransformer Network { get; }

    public TrainingLoop Trainer { get; }

    public float[] Bits => [.. Parameters.SelectMany(parameter =>
    {
        using var scope = torch.NewDisposeScope();
        return parameter.Value.detach().data<float>().ToArray();
    })];

    /// <summary>Of 3 to 24 tokens; the later half of each is the completion.</summary>
    public static Example[] Examples(int count = 30)
    {
        var random = new Random(11);
        return [.. Enumerable.Range(0, count).Select(index =>
        {
            var length = random.Next(3, 25);
            return new Example([.. Enumerable.Range(0, length).Select(_ => random.Next(2, 96))],
                [.. Enumerable.Range(0, length).Select(t => t >= length / 2)], $"data.jsonl line {index + 1}");
        })];
    }

    public void Dispose()
    {
        Trainer.Dispose();
        foreach (var (_, value) in Parameters) value.Dispose();
    }
}
