// `cpu-shapes [NAME...]`: how much of the memory's speed one client's answer uses on the cpu backend, with generated weights in the shapes
// of models that people have. Their numbers do not matter; how many bytes a step reads does.
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Majlis.Cpu;
using Majlis.Cpu.Weights;
using Majlis.Inference;
using Majlis.Model;

namespace Majlis.benchmarks;

static class ShapeBenchmark
{
    const int Rounds = 5;
    const int Tokens = 32;

    static readonly float[] values = [.. Enumerable.Range(0, 1 << 16).Select(i => (i * 7919 % 97 - 48) / 2000f)];

    // The sizes of meta-llama/Llama-3.2-1B and -3B and CohereForAI/c4ai-command-r7b-12-2024, their config.json.
    static readonly Dictionary<string, Shape> shapes = new()
    {
        ["llama-1b"] = new("llama", 2048, 8192, 16, 128256, 32, 64),
        ["llama-3b"] = new("llama", 3072, 8192, 28, 128256, 24, 128),
        ["command-r7b-8-layers"] = new("cohere2", 4096, 14336, 8, 256000, 32, 128),
    };

    sealed record Shape(string Family, int Hidden, int Inner, int Layers, int Vocabulary, int Heads, int HeadDim);

    public static int Run(string[] names)
    {
        if (Problem(names) is { } problem)
        {
            Console.Error.WriteLine(problem);
            return 2;
        }
        foreach (var name in names.Length > 0 ? names : [.. shapes.Keys])
            foreach (var line in Measured(name, WeightPrecision.Int8, WeightPrecision.Int4))
                Console.WriteLine(line);
        return 0;
    }

    /// <summary>What to say of names of which no shape is known; null where all are.</summary>
    public static string? Problem(IEnumerable<string> names) => names.FirstOrDefault(name => !shapes.ContainsKey(name)) is { } unknown
        ? $"There is no shape '{unknown}': {string.Join(", ", shapes.Keys)}." : null;

    /// <summary>Milliseconds of one client's step in 4 bits.</summary>
    public static double Step(string name) =>
        1000 / JsonDocument.Parse(Measured(name, WeightPrecision.Int4).Single()).RootElement.GetProperty($"tg{Tokens}").GetDouble();

    /// <summary>A JSON line for each precision, each of a process of its own.</summary>
    static IEnumerable<string> Measured(string name, params WeightPrecision[] precisions)
    {
        var folder = Directory.CreateTempSubdirectory("majlis-shape-").FullName;
        try
        {
            GeneratedModel.Write(folder, Config(name), values);
            foreach (var precision in precisions)
            {
                var child = new ProcessStartInfo(Environment.ProcessPath!, ["cpu-shape-child", name, $"{precision}", folder])
                {
                    RedirectStandardOutput = true,
                };
                using var process = Process.Start(child)!;
                var line = process.StandardOutput.ReadToEnd().TrimEnd();
                process.WaitForExit();
                if (process.ExitCode != 0) throw new InvalidOperationException($"{name} in {precision} ended with {process.ExitCode}.");
                yield return line;
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>`cpu-shape-child NAME PRECISION FOLDER`: prints one line.</summary>
    public static async Task<int> RunChildAsync(string name, string precision, string folder)
    {
        using var checkpoint = Checkpoint.Open(folder);
        using var live = new LiveModel();
        var (weights, options) = (Enum.Parse<WeightPrecision>(precision), new EngineOptions());
        live.Swap(CpuRun.Loaded(checkpoint, weights, options));
        await using var engine = new Engine(live, options, TimeProvider.System);
        await DecodeBenchmark.ReadAsync(engine, live, CpuNumbers.ShortPrompt, Tokens); // warms up
        var bytes = CpuNetwork.WeightBytes(checkpoint.Blueprint, checkpoint.Weights, weights);
        var (rates, reads) = (new double[Rounds], new double[Rounds]);
        for (var round = 0; round < Rounds; round++)
        {
            var (first, last) = await DecodeBenchmark.ReadAsync(engine, live, CpuNumbers.ShortPrompt, Tokens + 1);
            rates[round] = Tokens / Stopwatch.GetElapsedTime(first, last).TotalSeconds;
            reads[round] = ReadBandwidth.Measure(Math.Min(bytes, 1L << 30));
        }
        var (rate, read) = (rates.Order().ElementAt(Rounds / 2), reads.Order().ElementAt(Rounds / 2));
        var what = $"\"shape\": \"{name}\", \"weights\": \"{precision}\"";
        Console.WriteLine(FormattableString.Invariant($"{{\"benchmark\": \"cpu-shapes\", {what}, \"weights_MB\": {bytes / 1e6:0}, ")
            + FormattableString.Invariant($"\"tg{Tokens}\": {rate:0.00}, \"read_GB_s\": {read / 1e9:0.0}, ")
            + FormattableString.Invariant($"\"decode_of_read\": {rate * bytes / read:0.00}}}"));
        return 0;
    }

    static JsonObject Config(string name)
    {
        var shape = shapes[name];
        var config = new JsonObject
        {
            ["model_type"] = shape.Family,
            ["hidden_size"] = shape.Hidden,
            ["intermediate_size"] = shape.Inner,
            ["num_hidden_layers"] = shape.Layers,
            ["vocab_size"] = shape.Vocabulary,
            ["num_attention_heads"] = shape.Heads,
            ["num_key_value_heads"] = 8,
            ["head_dim"] = shape.HeadDim,
            ["max_position_embeddings"] = 8192,
            ["tie_word_embeddings"] = true,
        };
        if (shape.Family == "cohere2") (config["sliding_window"], config["sliding_window_pattern"]) = (4096, 4);
        return config;
    }
}
