// The serving network against the goldens: greedy decoding over the paged cache, logits of chunked prefill, bf16, and all forms of a
// checkpoint on disk.
using Majlis.Model;
using Majlis.Model.Weights;
using Majlis.Torch;
using Xunit;
using static Majlis.tests.Torch.ArchitectureCase;
using static TorchSharp.torch;

namespace Majlis.tests.Torch;

[Trait("Golden", "Architectures")]
public sealed class PagedGoldenTests
{
    public static TheoryData<string> Decoders => Having(found => found.IsDecoder);

    public static TheoryData<string> Rounded => Having(found => found.IsDecoder && found.Has("bf16"));

    public static TheoryData<string> DiskForms => Having(found => Directory.Exists(found.Sub("sharded")));

    public static TheoryData<string> GgufForms => Having(found => File.Exists(found.Sub("model.f32.gguf")));

    [Theory, MemberData(nameof(Decoders))]
    public void Logits_of_chunked_prefill(string name)
    {
        using var scope = NewDisposeScope();
        using var golden = new ArchitectureCase(name);
        using var network = Load(golden, ComputeType.Float32);
        var worst = 0.0;
        for (var i = 0; i < golden.Prompts.Length; i++)
            foreach (var chunk in (int[])[5, 11, 1000])
                worst = Math.Max(worst, Distance(Prefill(network, golden.Prompts[i], chunk), golden.Expected($"logits.{i}")));
        golden.Report("logits, chunks over the paged cache", worst, golden.Tolerance);
    }

    [Theory, MemberData(nameof(Decoders))]
    public void Greedy_token_by_token_all_prompts_in_one_batch(string name)
    {
        using var golden = new ArchitectureCase(name);
        using var network = Load(golden, ComputeType.Float32);
        golden.Report("greedy, paged cache", WrongGreedy(golden, network), 0);
    }

    [Theory, MemberData(nameof(Rounded))]
    public void Bf16_serving_stays_as_near_to_fp32_as_transformers_does(string name)
    {
        using var scope = NewDisposeScope();
        using var golden = new ArchitectureCase(name);
        using var network = Load(golden, ComputeType.BFloat16);
        var theirs = golden.Golden.GetProperty("bf16").GetProperty("per_prompt");
        var worst = 0.0;
        for (var i = 2; i < golden.Prompts.Length; i++)
            worst = Math.Max(worst,
                ArchitectureGoldenTests.Bf16Share((Prefill(network, golden.Prompts[i], 13) - golden.Expected($"logits.{i}")).abs(),
                theirs[i]));
        golden.Report("bf16 serving, share of the tolerance", worst, 1);
    }

    [Theory, MemberData(nameof(DiskForms))]
    public void Single_file_shards_and_bf16_are_one_model(string name)
    {
        using var scope = NewDisposeScope();
        using var golden = new ArchitectureCase(name);
        foreach (var (form, expected) in ((string, string)[])[("fp32", "logits"), ("sharded", "logits"), ("bf16", "bf16_weights.logits")])
        {
            var folder = golden.Sub(form);
            using var weights = SafetensorsFolder.Open(folder);
            golden.Report($"on disk as {form}", Worst(golden, Blueprint(folder), weights, expected), golden.Tolerance);
        }
    }

    [Theory, MemberData(nameof(GgufForms))]
    public void Gguf_files_are_the_same_model(string name)
    {
        using var scope = NewDisposeScope();
        using var golden = new ArchitectureCase(name);
        foreach (var (file, expected) in ((string, string)[])[("model.f32.gguf", "logits"), ("model.f16.gguf", "f16_weights.logits")])
        {
            using var checkpoint = Checkpoint.Open(golden.Sub(file));
            golden.Report(file, Worst(golden, checkpoint.Blueprint, checkpoint.Weights, expected), golden.Tolerance);
        }
    }

    /// <summary>How many greedy tokens differ; the golden's token is fed back, so that one wrong token counts once.</summary>
    internal static int WrongGreedy(ArchitectureCase golden, INetwork network)
    {
        var paged = new Paged(network, blocks: 256);
        var greedy = golden.Golden.GetProperty("greedy").EnumerateArray().ToArray();
        var expected = greedy.Select(item => item.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32()).ToArray()).ToArray();
        var texts = greedy.Select(_ => paged.Begin()).ToArray();
        var next = greedy.Select(item => golden.Prompts[item.GetProperty("prompt").GetInt32()]).ToArray();
        var wrong = 0;
        for (var step = 0; step < expected[0].Length; step++)
        {
            using var result = paged.Step(LogitRows.Last, [.. texts.Select((text, i) => (text, next[i]))]);
            var drawn = new SampledToken[texts.Length];
            result.Sample([.. texts.Select((_, i) => new SamplingPlan(i, 0, 0, 1, 0, 0))], drawn);
            for (var i = 0; i < texts.Length; i++)
            {
                if (drawn[i].Id != expected[i][step]) wrong++;
                next[i] = [expected[i][step]];
            }
        }
        return wrong;
    }

    static double Worst(ArchitectureCase golden, Blueprint blueprint, IWeightSource weights, string expected)
    {
        using var network = new TorchNetwork(blueprint, weights, new TorchOptions { DType = ComputeType.Float32, BlockSize = 4 });
        return Enumerable.Range(0, golden.Prompts.Length).Where(i => golden.HasTensor($"{expected}.{i}"))
            .Max(i => Distance(Prefill(network, golden.Prompts[i], 1000), golden.Expected($"{expected}.{i}")));
    }

    static TorchNetwork Load(ArchitectureCase golden, ComputeType type)
    {
        var (blueprint, weights) = golden.Open();
        using (weights) return new TorchNetwork(blueprint, weights, new TorchOptions { DType = type, BlockSize = 4 });
    }

    /// <summary>All rows [T, V] of a prompt fed in chunks.</summary>
    internal static Tensor Prefill(INetwork network, int[] prompt, int chunk)
    {
        var paged = new Paged(network);
        var text = paged.Begin(prompt.Length);
        var logits = new float[prompt.Length, network.Blueprint.VocabularySize];
        for (var at = 0; at < prompt.Length; at += chunk)
        {
            using var result = paged.Step(LogitRows.All, (text, prompt[at..Math.Min(prompt.Length, at + chunk)]));
            for (var row = 0; row < result.RowCount; row++)
                result.ReadLogits(row,
                    System.Runtime.InteropServices.MemoryMarshal.CreateSpan(ref logits[at + row, 0], logits.GetLength(1)));
        }
        return tensor(logits);
    }
}
