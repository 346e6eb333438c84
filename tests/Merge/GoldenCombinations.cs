// Adapters combined into one, against peft's add_weighted_adapter: their change, and their factors where these are determined.
using System.Text.Json;
using Majlis.Merge.Adapters;
using Majlis.Merge.Commands;
using Majlis.Model.Weights;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Merge;

[Trait("Golden", "Training")]
public sealed class GoldenCombinations : IDisposable
{
    readonly TemporaryFolder folder = new();

    static string Root => Shared.Golden("training", "lora_math", "combine");

    public void Dispose() => folder.Dispose();

    public static TheoryData<string?> Results => !File.Exists(Path.Combine(Root, "index.json")) ? [(string?)null]
        : [.. Operations().Select(operation => operation.GetProperty("result").GetString())];

    static JsonElement[] Operations()
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Root, "index.json")));
        // What peft refuses has no result.
        return [.. json.RootElement.GetProperty("operations").Clone().EnumerateArray()
            .Where(operation => operation.TryGetProperty("result", out _))];
    }

    [Theory, MemberData(nameof(Results))]
    public void A_combined_adapter_is_pefts(string? result)
    {
        Assert.SkipWhen(result is null, "goldens/training/lora_math/combine is not here");
        var operation = Operations().Single(each => each.GetProperty("result").GetString() == result);
        JsonElement? Find(string name) =>
            operation.TryGetProperty(name, out var found) && found.ValueKind != JsonValueKind.Null ? found : null;
        var options = new CombinationOptions(operation.GetProperty("combination_type").GetString()!,
            [.. operation.GetProperty("weights").EnumerateArray().Select(weight => weight.GetDouble())], Find("density")?.GetDouble() ?? 1,
            Find("svd_rank")?.GetInt32(), Find("majority_sign_method")?.GetString() == "frequency");
        var group = Path.Combine(Root, operation.GetProperty("group").GetString()!);
        Assert.Equal(operation.GetProperty("result_r").GetInt32(),
            AdapterCombination.Run([Path.Combine(group, "a"), Path.Combine(group, "b")], folder.File("out"), options));

        var ours = PlainAdapter.Read(folder.File("out"));
        using var theirs = SafetensorsFile.Open(Path.Combine(Root, result!));
        var (worst, tolerance) = (0.0, options.IsSingular ? 5e-6 : 1e-6);
        foreach (var (name, tensor) in theirs.Tensors)
        {
            var (module, part) = (name[..name.LastIndexOf('.')], name[(name.LastIndexOf('.') + 1)..]);
            var expected = new float[tensor.Elements];
            theirs.Read(name, 0, expected);
            var own = ours.Modules[module];
            var values = part == "delta" ? own.Change() : part == "lora_A" ? own.A : own.B;
            Assert.Equal(expected.Length, values.Length);
            worst = Math.Max(worst, values.Zip(expected, (one, other) => Math.Abs(one - other)).Max());
        }
        GoldenReport.Line("Training", $"lora_math/combine/{Path.ChangeExtension(result, null)}", worst, tolerance);
        Assert.InRange(worst, 0, tolerance);
    }

    [Fact]
    public async Task The_command_combines_and_refuses_ranks_that_differ_where_they_must_not()
    {
        var group = Shared.Require(Path.Combine(Root, "other_rank"));
        var (a, b) = (Path.Combine(group, "a"), Path.Combine(group, "b"));
        Assert.Equal(0, await MergeCommand.Build().RunAsync(["combine", folder.File("cat"), a + "=0.5", b]));
        Assert.Equal(6, PlainAdapter.Read(folder.File("cat")).Rank);
        Assert.Equal(1, await MergeCommand.Build().RunAsync(["combine", folder.File("linear"), a, b, "--type", "linear"]));
        Assert.False(Path.Exists(folder.File("linear")));
        Assert.Equal(1, await MergeCommand.Build().RunAsync(["combine", folder.File("cat"), a, b]));
    }
}
