// SmolLM2 on the cpu backend: in fp32 against transformers within the oracle's tolerance, in the file's own 4 bits near it.
using System.Text.Json;
using Majlis.Cpu;
using Majlis.Cpu.Weights;
using Majlis.Model;
using Majlis.tests.Support;
using Majlis.tests.Torch;
using Xunit;
using static Majlis.tests.Torch.SmolLM2Fixture;

namespace Majlis.tests.Cpu;

public sealed class CpuFloat32SmolLM2 : SmolLM2Fixture
{
    protected override INetwork Open(Checkpoint checkpoint) =>
        new CpuNetwork(checkpoint.Blueprint, checkpoint.Weights, new CpuOptions { Weights = WeightPrecision.Float32, Threads = 1 });
}

public sealed class CpuOwnPrecisionSmolLM2 : SmolLM2Fixture
{
    protected override INetwork Open(Checkpoint checkpoint) =>
        new CpuNetwork(checkpoint.Blueprint, checkpoint.Weights, new CpuOptions { Threads = 1 });
}

[Trait("Golden", "SmolLM2")]
public sealed class CpuSmolLM2Tests(CpuFloat32SmolLM2 wide, CpuOwnPrecisionSmolLM2 own)
    : IClassFixture<CpuFloat32SmolLM2>, IClassFixture<CpuOwnPrecisionSmolLM2>
{
    const double Tolerance = 2e-4;

    public static TheoryData<string> Prompts => [.. Cases.Select(item => item.GetProperty("name").GetString()!).DefaultIfEmpty("absent")];

    [Theory, MemberData(nameof(Prompts))]
    public void Fp32_equals_transformers(string name)
    {
        var (golden, run) = (SmolLM2GoldenTests.Case(name), wide.Run(name));
        Report($"{name} prompt, cpu fp32", Differences(golden, run).DefaultIfEmpty().Max(), Tolerance);
        var greedy = golden.GetProperty("greedy");
        var (ids, margins) = (Ints(greedy.GetProperty("ids")), Floats(greedy.GetProperty("margins")));
        Report($"{name} greedy ids, cpu fp32", ids.Where((id, i) => run.Ids[i] != id && margins[i] > 2 * Tolerance).Count(), 0);
        Report($"{name} greedy, cpu fp32",
            Floats(greedy.GetProperty("logprobs")).Zip(run.Scores).Max(pair => Math.Abs(pair.First - pair.Second)), Tolerance);
    }

    /// <summary>The weights are the file's own, so what differs is that activations are int8 and the cache is bf16.</summary>
    [Theory, MemberData(nameof(Prompts))]
    public void The_files_own_four_bits_stay_near(string name) =>
        Report($"{name} prompt, cpu own precision, mean",
            Differences(SmolLM2GoldenTests.Case(name), own.Run(name)).DefaultIfEmpty().Average(), 0.15);

    static IEnumerable<double> Differences(JsonElement golden, SmolLM2Run run) => Floats(golden.GetProperty("prompt_logprobs"))
        .Zip(run.LogProbabilities).Skip(1).Select(pair => (double)Math.Abs(pair.First - pair.Second));

    static void Report(string name, double worst, double tolerance)
    {
        GoldenReport.Line("SmolLM2", name, worst, tolerance);
        Assert.True(worst <= tolerance, $"{name}: worst {worst:g3}, tolerance {tolerance:g3}");
    }
}
