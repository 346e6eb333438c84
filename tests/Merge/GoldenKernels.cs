// Single tensors through the whole way, recipe and files included, against mergekit's methods. Each case becomes models on disk with one
// tensor each; a case that a recipe cannot express, or that is refused on purpose, says so.
using System.Globalization;
using System.Text.Json;
using Majlis.Merge;
using Majlis.Merge.Recipes;
using Majlis.Model;
using Majlis.Model.Weights;
using Majlis.tests.Support;
using Majlis.Text;
using Xunit;

namespace Majlis.tests.Merge;

[Trait("Golden", "Merging")]
public sealed class GoldenKernels : IDisposable
{
    readonly TemporaryFolder folder = new();

    static string File => Path.Combine(GoldenCase.Root, "kernels.json");

    public void Dispose() => folder.Dispose();

    public static TheoryData<string?> Cases => System.IO.File.Exists(File)
        ? [.. Read().Select(each => each.GetProperty("id").GetString())] : [(string?)null];

    [Theory, MemberData(nameof(Cases))]
    public void Equals_mergekits_method(string? id)
    {
        Assert.SkipWhen(id is null, "goldens/merging is not here");
        var kernel = Read().Single(each => each.GetProperty("id").GetString() == id);
        var merged = Merge(kernel);
        var (worst, tolerance) = merged is null ? (Refused(kernel) ? 0 : 1, 0) : (Worst(kernel, merged), Tolerance(kernel));
        GoldenReport.Line("Merging", $"kernels/{id}", worst, tolerance);
        Assert.InRange(worst, 0, tolerance);
    }

    /// <summary>Null where it is refused.</summary>
    double[]? Merge(JsonElement kernel)
    {
        try
        {
            using var plan = MergePlan.Create(MergeRecipe.Parse(Recipe(kernel)), folder.Path);
            return GoldenCase.Merged(plan, Assert.Single(plan.Tensors));
        }
        catch (Exception exception) when (exception is MergeRecipeException or ModelFormatException)
        {
            return null;
        }
    }

    /// <summary>mergekit fails as well; or numbers that are not finite, a density of 0, a sum of weights of 0 to divide by.</summary>
    static bool Refused(JsonElement kernel)
    {
        if (kernel.TryGetProperty("error", out _) || Numbers(kernel.GetProperty("inputs")).Any(each => !double.IsFinite(each))) return true;
        var parameters = kernel.GetProperty("parameters");
        if (parameters.TryGetProperty("density", out var density) && Numbers(density).Contains(0)) return true;
        var divides = kernel.GetProperty("method").GetString() == "linear" || parameters.TryGetProperty("normalize", out var normalize)
            && normalize.ValueKind == JsonValueKind.True;
        return divides && parameters.TryGetProperty("weight", out var weight) && Math.Abs(Numbers(weight).Sum()) < 1e-8;
    }

    static double Worst(JsonElement kernel, double[] ours)
    {
        if (!kernel.TryGetProperty("output", out var output)) return double.PositiveInfinity;
        var theirs = Numbers(output).ToArray();
        Assert.Equal(theirs.Length, ours.Length);
        if (IsCountOnly(kernel)) return Math.Abs(ours.Count(each => each != 0) - theirs.Count(each => each != 0));
        return ours.Zip(theirs, (a, b) => Math.Abs(a - b)).Max();
    }

    /// <summary>Which of equal magnitudes are kept is a detail of sorting.</summary>
    static bool IsCountOnly(JsonElement kernel) =>
        kernel.TryGetProperty("note", out var note) && note.GetString()!.Contains("compare only the count", StringComparison.Ordinal);

    /// <summary>5e-5 where the vectors have so few elements that fp32 loses their angle, as the goldens' README says.</summary>
    static double Tolerance(JsonElement kernel) => IsCountOnly(kernel) ? 0
        : kernel.GetProperty("method").GetString() == "nuslerp" && kernel.GetProperty("parameters").TryGetProperty("nuslerp_flatten", out _)
            ? 5e-5 : 2e-6;

    string Recipe(JsonElement kernel)
    {
        var (inputs, parameters) = (kernel.GetProperty("inputs"), kernel.GetProperty("parameters").EnumerateObject().ToArray());
        var origin = kernel.GetProperty("base_index") is { ValueKind: JsonValueKind.Number } index ? index.GetInt32() : -1;
        var text = new StringWriter(CultureInfo.InvariantCulture);
        text.Write($"merge_method: {kernel.GetProperty("method")}\ndtype: float32\n");
        if (origin >= 0) text.Write($"base_model: m{origin}\n");
        text.Write("models:\n");
        var expert = 0;
        foreach (var (number, input) in inputs.EnumerateArray().Index())
        {
            Write(number, input);
            text.Write($"- model: m{number}\n");
            if (number == origin) continue;
            var own = parameters.Where(each => each.Value.ValueKind == JsonValueKind.Array)
                .Select(each => $"{each.Name}: {(expert < each.Value.GetArrayLength() ? each.Value[expert].GetRawText() : "null")}");
            text.Write($"  parameters: {{{string.Join(", ", own)}}}\n");
            expert++;
        }
        // A list for more models than there are cannot be written in YAML; as a parameter of one model more it is refused.
        if (parameters.Any(each => each.Value.ValueKind == JsonValueKind.Array && each.Value.GetArrayLength() > expert))
            text.Write("- model: m-absent\n");
        var shared = parameters.Where(each => each.Value.ValueKind != JsonValueKind.Array)
            .Select(each => $"{each.Name}: {each.Value.GetRawText()}");
        text.Write($"parameters: {{{string.Join(", ", shared)}}}\n");
        return text.ToString();
    }

    void Write(int number, JsonElement input)
    {
        var model = Path.Combine(folder.Path, $"m{number}");
        Directory.CreateDirectory(model);
        System.IO.File.WriteAllText(Path.Combine(model, "config.json"), """{"model_type": "kernel"}""");
        var values = Numbers(input).Select(each => (float)each).ToArray();
        SafetensorsWriter.WriteFolder(model, [new TensorInfo("w", TensorType.F32, [.. Shape(input)])], (_, output) => output.Write(values));
    }

    static IEnumerable<long> Shape(JsonElement value)
    {
        for (; value.ValueKind == JsonValueKind.Array; value = value[0]) yield return value.GetArrayLength();
    }

    /// <summary>All numbers of nested lists; "NaN" and "Infinity" are text in JSON.</summary>
    static IEnumerable<double> Numbers(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => value.EnumerateArray().SelectMany(Numbers),
        JsonValueKind.String => [double.Parse(value.GetString()!, CultureInfo.InvariantCulture)],
        _ => [value.GetDouble()],
    };

    static JsonElement[] Read()
    {
        using var json = JsonDocument.Parse(System.IO.File.ReadAllBytes(File));
        return [.. json.RootElement.EnumerateArray().Select(each => each.Clone())];
    }
}
