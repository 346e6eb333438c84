// `dpo MODEL [bf16] [full] [apart] [recompute]`: steps per second of DPO on pairs of 2 x 256 tokens, beside the time of exactly that step's
// products with weights, each run alone at its real shape, in the same run. With an adapter of rank 16 on all layers, or with all weights;
// pairs whose sides share a prompt of 128 tokens, or, apart, have none.
using System.Diagnostics;
using System.Globalization;
using Majlis.Model;
using Majlis.Torch.Packed;
using Majlis.Trainer.Offline;
using Majlis.Trainer.Optimization;
using Majlis.Trainer.Preference;
using Majlis.Trainer.Sequences;
using Majlis.Trainer.Stages;
using static TorchSharp.torch;

namespace Majlis.benchmarks;

static class DpoBenchmark
{
    const int Pairs = 4, Side = 256, Prompt = 128, Rank = 16;
    const int Steps = 3;

    static readonly string[] words = ["bf16", "full", "apart", "recompute"];

    public static bool Knows(string[] how) => how.All(word => words.Contains(word));

    public static int Run(string model, string[] how)
    {
        var (numerics, full) = (how.Contains("bf16") ? "bf16" : "fp32", how.Contains("full"));
        using var memory = new PeakMemory();
        using var checkpoint = Checkpoint.Open(model);
        var options = new OfflineOptions
        {
            Model = model,
            Data = [],
            BatchPairs = Pairs,
            Steps = Steps + 1,
            Numerics = numerics,
            Recompute = how.Contains("recompute"),
            Lora = full ? null : new LoraSettings { Rank = Rank },
        };
        var shares = !how.Contains("apart");
        using var network = StageNetwork.Open(checkpoint, options);
        var pairs = Draw(checkpoint.Blueprint.VocabularySize, shares);
        var reference = ReferenceScores.Compute(network.Policy, [TrainingPair.Rows(pairs)], pad: 0);
        var step = Median(Time(new PairObjective(network.Policy, pairs, reference, options.Pairs(pad: 0)), options.Loop));
        var peak = memory.Bytes;
        var rows = PackedBatch.RoundUp(Pairs * (shares ? 2 * Side - Prompt : 2 * Side));
        var scored = Pairs * 2 * (shares ? Side - Prompt : Side - 1);
        var bound = new StepProducts(checkpoint.Blueprint, numerics == "bf16" ? ScalarType.BFloat16 : ScalarType.Float32,
            full ? null : Rank).Seconds(rows, scored);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{{\"benchmark\": \"dpo\", \"trains\": \"{(full ? "all weights" : "adapter")}\", \"numerics\": \"{numerics}\", " +
            $"\"threads\": {get_num_threads()}, \"shared_prompt\": {(shares ? Prompt : 0)}, \"rows\": {rows}, " +
            $"\"steps_per_s\": {1 / step:0.000}, \"step_s\": {step:0.00}, \"products_s\": {bound:0.00}, " +
            $"\"of_bound\": {bound / step:0.00}, \"peak_private_mb\": {peak / 1e6:0}}}"));
        return 0;
    }

    /// <summary>Seconds of each step but the first, which also compiles products.</summary>
    static List<double> Time(PairObjective objective, LoopOptions options)
    {
        using var loop = new TrainingLoop(objective, options);
        var (seconds, start) = (new List<double>(), Stopwatch.GetTimestamp());
        loop.Run(_ =>
        {
            seconds.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
            start = Stopwatch.GetTimestamp();
        });
        return seconds[1..];
    }

    static TrainingPair[] Draw(int vocabulary, bool shares)
    {
        var random = new Random(5);
        int[] Tokens(int count) => [.. Enumerable.Range(0, count).Select(_ => random.Next(3, vocabulary))];
        return [.. Enumerable.Range(0, Pairs).Select(index => shares
            ? new TrainingPair($"{index}", Tokens(Prompt), Tokens(Side - Prompt), Tokens(Side - Prompt))
            : new TrainingPair($"{index}", [], Tokens(Side), Tokens(Side)))];
    }

    static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
