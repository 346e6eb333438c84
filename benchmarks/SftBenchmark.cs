// `sft`: tokens per second of full training at the starter's shape, beside the bf16 matrix speed of the same machine: measured by
// turns, since other work on the machine slows both. The peer is a trial in PyTorch on another machine, held against its matrix speed.
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Majlis.Model.Families;
using Majlis.Torch.Packed;
using Majlis.Trainer.Optimization;
using Majlis.Trainer.Supervised;
using Majlis.Trainer.Supervised.Data;
using static TorchSharp.torch;

namespace Majlis.benchmarks;

static class SftBenchmark
{
    const int Rounds = 15;
    const int MatrixSize = 1024;
    const int MatrixRepeats = 60;
    const double PeerTokens = 4300;
    const double PeerGigaflops = 399;

    const string Config = """
        {"model_type": "cohere2", "hidden_size": 256, "num_hidden_layers": 6, "num_attention_heads": 8, "num_key_value_heads": 2,
         "head_dim": 32, "intermediate_size": 768, "vocab_size": 8192, "max_position_embeddings": 4096, "sliding_window": 4096,
         "sliding_window_pattern": 3, "layer_norm_eps": 1e-5, "logit_scale": 1.0, "rope_theta": 10000.0, "hidden_act": "silu"}
        """;

    static readonly SupervisedOptions options = new()
    {
        Model = "",
        Data = [],
        BatchRows = 32,
        Steps = int.MaxValue,
        Beta2 = 0.95,
        LearningRate = 1e-3,
        Schedule = "constant",
        PromptShare = 0.3,
    };

    public static int Run()
    {
        using var json = JsonDocument.Parse(Config);
        var blueprint = Families.Read(json.RootElement);
        var parameters = RandomWeights.Create(blueprint, 0.02, 1)
            .Select(weight => (weight.Name, weight.Value.requires_grad_(true))).ToArray();
        var network = new PackedTransformer(blueprint, parameters.ToDictionary(weight => weight.Name, weight => weight.Item2),
            ScalarType.BFloat16);
        using var trainer = new TrainingLoop(new SupervisedObjective(network, parameters, Examples(), options), options.Loop);
        var (tokens, products, start, seen) = (new List<double>(), new List<double>(), 0L, 0.0);
        try
        {
            trainer.Run(step =>
            {
                if (step.Step > 2) tokens.Add((step["num_tokens"] - seen) / Stopwatch.GetElapsedTime(start).TotalSeconds);
                if (tokens.Count == Rounds) throw new OperationCanceledException();
                if (step.Step > 1) products.Add(Gigaflops());
                (start, seen) = (Stopwatch.GetTimestamp(), step["num_tokens"]);
            });
        }
        catch (OperationCanceledException)
        {
            // Enough steps.
        }
        Print(tokens, products);
        return 0;
    }

    static void Print(List<double> tokens, List<double> products)
    {
        var ratios = tokens.Zip(products, (rate, speed) => rate / speed / (PeerTokens / PeerGigaflops)).Order().ToArray();
        static string Median(IEnumerable<double> values, string form) =>
            values.Order().ElementAt(Rounds / 2).ToString(form, CultureInfo.InvariantCulture);
        Console.WriteLine($"{{\"benchmark\": \"sft\", \"threads\": {get_num_threads()}, \"rounds\": {Rounds}, " +
            $"\"tokens_per_s\": {Median(tokens, "0")}, \"best_tokens_per_s\": {tokens.Max():0}, " +
            $"\"bf16_gflops\": {Median(products, "0")}, \"best_bf16_gflops\": {products.Max():0}, " +
            $"\"of_peer\": {Median(ratios, "0.00")}, \"best_of_peer\": " +
            string.Create(CultureInfo.InvariantCulture, $"{tokens.Max() / products.Max() / (PeerTokens / PeerGigaflops):0.00}}}"));
    }

    static double Gigaflops()
    {
        using var scope = NewDisposeScope();
        var (a, b) = (Matrix(), Matrix());
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < MatrixRepeats; i++) a.matmul(b).Dispose();
        return 2.0 * MatrixRepeats * MatrixSize * MatrixSize * MatrixSize / Stopwatch.GetElapsedTime(start).TotalSeconds / 1e9;

        static Tensor Matrix() => ones([MatrixSize, MatrixSize], ScalarType.BFloat16);
    }

    /// <summary>About 135 tokens each, a fourth of them the answer's.</summary>
    static Example[] Examples()
    {
        var random = new Random(5);
        return [.. Enumerable.Range(0, 1024).Select(index =>
        {
            var length = random.Next(95, 176);
            return new Example([.. Enumerable.Range(0, length).Select(_ => random.Next(21, 8192))],
                [.. Enumerable.Range(0, length).Select(t => t > length * 3 / 4)], "");
        })];
    }
}
