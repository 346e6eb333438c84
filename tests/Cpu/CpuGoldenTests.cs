// The cpu backend against the goldens: in fp32 within the goldens' own tolerance, in other precisions within a stated share of the logits.
using Majlis.Cpu;
using Majlis.Cpu.Weights;
using Majlis.Model;
using Majlis.tests.Torch;
using Majlis.Torch;
using Xunit;
using static Majlis.tests.Torch.ArchitectureCase;
using static TorchSharp.torch;

namespace Majlis.tests.Cpu;

[Trait("Golden", "Architectures")]
public sealed class CpuGoldenTests
{
    public static TheoryData<string> Decoders => Having(found => found.IsDecoder);

    [Theory, MemberData(nameof(Decoders))]
    public void Logits_of_chunked_prefill(string name)
    {
        using var scope = NewDisposeScope();
        using var golden = new ArchitectureCase(name);
        using var network = Load(golden, WeightPrecision.Float32);
        var worst = 0.0;
        for (var i = 0; i < golden.Prompts.Length; i++)
            foreach (var chunk in (int[])[5, 11, 1000])
                worst = Math.Max(worst,
                    Distance(PagedGoldenTests.Prefill(network, golden.Prompts[i], chunk), golden.Expected($"logits.{i}")));
        golden.Report("logits, cpu fp32", worst, golden.Tolerance);
    }

    [Theory, MemberData(nameof(Decoders))]
    public void Greedy_token_by_token_all_prompts_in_one_batch(string name)
    {
        using var golden = new ArchitectureCase(name);
        using var network = Load(golden, WeightPrecision.Float32);
        golden.Report("greedy, cpu fp32", PagedGoldenTests.WrongGreedy(golden, network), 0);
    }

    /// <summary>Shares of the logits' spread: tiny random networks amplify rounding far more than trained ones.</summary>
    [Theory, MemberData(nameof(Decoders))]
    public void Rounded_weights_stay_near(string name)
    {
        using var scope = NewDisposeScope();
        using var golden = new ArchitectureCase(name);
        var last = golden.Prompts.Length - 1;
        var expected = golden.Expected($"logits.{last}");
        foreach (var (precision, tolerance) in ((WeightPrecision, double)[])[(WeightPrecision.BFloat16, 0.03), (WeightPrecision.Int8, 0.15),
            (WeightPrecision.Int4, 0.9)])
        {
            using var network = Load(golden, precision);
            using var difference = PagedGoldenTests.Prefill(network, golden.Prompts[last], 13) - expected;
            var share = difference.Squared().mean().sqrt().item<float>() / expected.std().item<float>();
            golden.Report($"cpu {precision}, rms difference / deviation of the logits", share, tolerance);
        }
    }

    static CpuNetwork Load(ArchitectureCase golden, WeightPrecision precision)
    {
        var (blueprint, weights) = golden.Open();
        using (weights) return new CpuNetwork(blueprint, weights, new CpuOptions { Weights = precision, Threads = 1 });
    }
}
