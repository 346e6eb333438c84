// The methods that drop random elements, against what mergekit's do on average: the stream of random numbers is nobody's target.
// The folders on disk say density, epsilon and how many elements were seen; every check is at five standard deviations.
using Majlis.Merge;
using Majlis.Model.Weights;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Merge;

[Trait("Golden", "Merging")]
public sealed class GoldenRandomMerges
{
    const double Deviations = 5;

    public static TheoryData<string?> Cases => GoldenCase.Names(GoldenCase.IsRandom);

    [Theory, MemberData(nameof(Cases))]
    public void Drops_as_many_and_scales_as_mergekit(string? name)
    {
        using var golden = GoldenCase.Open(name);
        if (golden.Record.TryGetProperty("kept", out _)) CheckOneExpert(name!, golden);
        else CheckCoverage(name!, golden);
    }

    /// <summary>One expert of weight 1: what is kept is what differs from the base.</summary>
    static void CheckOneExpert(string name, GoldenCase golden)
    {
        var (density, rescales) = (golden.Record.GetProperty("density").GetDouble(), golden.Record.GetProperty("rescale").GetBoolean());
        var seeds = golden.Record.GetProperty("per_seed").GetArrayLength();
        var source = golden.Recipe.Slices[0].Sources[0].Model;
        using var origin = SafetensorsFolder.Open(Path.Combine(GoldenCase.Root, golden.Recipe.BaseModel!));
        using var expert = SafetensorsFolder.Open(Path.Combine(GoldenCase.Root, source));
        var epsilon = golden.Record.TryGetProperty("epsilon", out var named) ? named.GetDouble() : 0;
        var seen = new RandomMergeCounts(epsilon, density, rescales);
        for (var seed = 0; seed < seeds; seed++)
        {
            using var plan = MergePlan.Create(golden.Recipe, GoldenCase.Root, seed);
            foreach (var tensor in plan.Tensors)
                seen.Add(tensor, GoldenCase.Merged(plan, tensor), GoldenCase.Stored(origin, tensor.Name),
                    GoldenCase.Stored(expert, tensor.Name));
        }
        GoldenReport.Line("Merging", $"{name}: kept, in deviations", Math.Abs(seen.KeptDeviation), Deviations);
        GoldenReport.Line("Merging", $"{name}: kept value", seen.WorstValue, GoldenCase.Tolerance);
        GoldenReport.Line("Merging", $"{name}: kept by decile", seen.WorstDecile, Deviations);
        Assert.InRange(Math.Abs(seen.KeptDeviation), 0, Deviations);
        Assert.InRange(seen.WorstValue, 0, GoldenCase.Tolerance);
        Assert.InRange(seen.WorstDecile, 0, Deviations);
        // mergekit's own share lies as near to the expected one.
        var theirs = golden.Record.GetProperty("kept").GetProperty("kept_fraction").GetDouble();
        Assert.InRange(seen.KeptShare, theirs - 0.006, theirs + 0.006);
    }

    /// <summary>Several experts: an element changes unless all of them drop it, 1 - (1 - p)^n.</summary>
    static void CheckCoverage(string name, GoldenCase golden)
    {
        var record = golden.Record.EnumerateObject()
            .Single(each => each.Name.StartsWith("changed_fraction", StringComparison.Ordinal)).Value;
        var theirs = record.GetProperty("fraction").GetDouble();
        using var plan = MergePlan.Create(golden.Recipe, GoldenCase.Root);
        using var origin = SafetensorsFolder.Open(Path.Combine(GoldenCase.Root, golden.Recipe.BaseModel!));
        var experts = golden.Recipe.Slices[0].Sources.Select(source => SafetensorsFolder.Open(Path.Combine(GoldenCase.Root, source.Model)))
            .ToArray();
        var (changed, all) = (0L, 0L);
        foreach (var tensor in plan.Tensors)
        {
            var (merged, start) = (GoldenCase.Merged(plan, tensor), GoldenCase.Stored(origin, tensor.Name));
            var differ = experts.Select(expert => GoldenCase.Stored(expert, tensor.Name)).ToArray();
            for (var i = 0; i < merged.Length; i++)
            {
                if (differ.Any(values => values[i] == start[i])) continue;
                all++;
                if (merged[i] != start[i]) changed++;
            }
        }
        foreach (var expert in experts) expert.Dispose();
        var deviation = record.GetProperty("binomial_std").GetDouble();
        var distance = Math.Abs((double)changed / all - theirs) / deviation;
        GoldenReport.Line("Merging", $"{name}: changed, in deviations", distance, Deviations * 1.5);
        Assert.Equal(record.GetProperty("elements").GetInt64(), all);
        Assert.InRange(distance, 0, Deviations * 1.5);
    }
}
