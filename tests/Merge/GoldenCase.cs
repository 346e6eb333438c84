// A case of the merge goldens on disk: its recipe, mergekit's output and what its case.json says of it.
using System.Text.Json;
using Majlis.Merge;
using Majlis.Merge.Recipes;
using Majlis.Model;
using Majlis.Model.Weights;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Merge;

sealed class GoldenCase : IDisposable
{
    public const double Tolerance = 5e-7;

    readonly JsonDocument record;

    GoldenCase(string folder)
    {
        Recipe = MergeRecipe.Read(Path.Combine(folder, "config.yml"));
        record = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "case.json")));
        Expected = SafetensorsFolder.Open(folder);
    }

    public static string Root => Shared.Golden("merging");

    public MergeRecipe Recipe { get; }

    public JsonElement Record => record.RootElement;

    public SafetensorsFolder Expected { get; }

    /// <summary>Names of the cases of one kind; one null where the goldens are not here.</summary>
    public static TheoryData<string?> Names(Func<string, bool> wanted)
    {
        var cases = Path.Combine(Root, "cases");
        if (!Directory.Exists(cases)) return [(string?)null];
        return [.. Directory.EnumerateDirectories(cases).Select(folder => Path.GetFileName(folder)!)
            .Order(StringComparer.Ordinal).Where(wanted)];
    }

    public static bool IsRandom(string name)
    {
        using var json = Case(name);
        return !json.RootElement.GetProperty("deterministic").GetBoolean();
    }

    /// <summary>A merge of different vocabularies.</summary>
    public static bool IsJoined(string name)
    {
        using var json = Case(name);
        return json.RootElement.TryGetProperty("token_table", out _);
    }

    static JsonDocument Case(string name) => JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Root, "cases", name, "case.json")));

    public static GoldenCase Open(string? name)
    {
        Assert.SkipWhen(name is null, "goldens/merging is not here");
        return new GoldenCase(Path.Combine(Root, "cases", name!));
    }

    public void Dispose()
    {
        Expected.Dispose();
        record.Dispose();
    }

    /// <summary>A planned tensor's numbers, rounded to its type.</summary>
    public static double[] Merged(MergePlan plan, TensorTask task)
    {
        var (values, at) = (new double[task.Elements], 0);
        plan.Method.Merge(task, piece =>
        {
            foreach (var value in piece) values[at++] = Rounding.Round(value, task.OutputType);
        });
        Assert.Equal(values.Length, at);
        return values;
    }

    public static float[] Stored(IWeightSource weights, string tensor)
    {
        var values = new float[weights.Tensors[tensor].Elements];
        weights.Read(tensor, 0, values);
        return values;
    }

    /// <summary>Absolute, minus one unit in the last place of a 16-bit type, since a midpoint may fall to either side.</summary>
    public static double Distance(double ours, double theirs, TensorType type)
    {
        var bits = type switch { TensorType.BF16 => 7, TensorType.F16 => 10, _ => 23 };
        var exponent = Math.Floor(Math.Log2(Math.Max(Math.Abs(ours), Math.Abs(theirs)) + 1e-30));
        var unit = type == TensorType.F32 ? 0 : Math.Pow(2, exponent - bits);
        return Math.Max(0, Math.Abs(ours - theirs) - unit * 1.0001);
    }
}
