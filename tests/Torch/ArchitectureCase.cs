// One folder of goldens/architectures: its model in any of its forms, and the values that transformers computed from it.
using System.Text.Json;
using Majlis.Model;
using Majlis.Model.Families;
using Majlis.Model.Weights;
using Majlis.tests.Support;
using Majlis.Torch;
using Xunit;
using static TorchSharp.torch;

namespace Majlis.tests.Torch;

sealed class ArchitectureCase : IDisposable
{
    static readonly string root = Shared.Golden("architectures");

    readonly SafetensorsFile expected;

    public ArchitectureCase(string name)
    {
        Assert.SkipWhen(name == "absent", "not here: goldens/architectures with a case of this kind");
        Name = name;
        Golden = JsonDocument.Parse(File.ReadAllText(Path.Combine(root, name, "golden.json"))).RootElement;
        expected = SafetensorsFile.Open(Path.Combine(root, name, "golden.safetensors"));
    }

    public string Name { get; }
    public JsonElement Golden { get; }

    /// <summary>The folder of the fp32 model: the case's own, or fp32/ where the case has several forms.</summary>
    public string Folder => Directory.Exists(Path.Combine(root, Name, "fp32")) ? Path.Combine(root, Name, "fp32")
        : Path.Combine(root, Name);

    public string Sub(string name) => Path.Combine(root, Name, name);

    public double Tolerance => Golden.GetProperty("tolerance").GetProperty("fp32_logits_max_abs").GetDouble();

    public int[][] Prompts => Numbers(Golden.GetProperty("prompts"));

    /// <summary>Names of the cases that hold a property (or file), sorted.</summary>
    public static TheoryData<string> Having(Func<ArchitectureCase, bool> kind)
    {
        var names = new List<string>();
        foreach (var folder in Directory.Exists(root) ? Directory.GetDirectories(root).Order().ToArray() : [])
        {
            if (!File.Exists(Path.Combine(folder, "golden.json"))) continue;
            using var found = new ArchitectureCase(Path.GetFileName(folder));
            if (kind(found)) names.Add(found.Name);
        }
        return [.. names.DefaultIfEmpty("absent")];
    }

    public bool IsDecoder => Golden.TryGetProperty("greedy", out _);

    public bool Has(string property) => Golden.TryGetProperty(property, out _);

    public bool HasTensor(string name) => expected.Tensors.ContainsKey(name);

    public IEnumerable<string> Tensors => expected.Tensors.Keys;

    public static Blueprint Blueprint(string folder, string config = "config.json")
    {
        using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, config)));
        return Families.Read(document.RootElement);
    }

    public (Blueprint Blueprint, IWeightSource Weights) Open(string config = "config.json") =>
        (Blueprint(Folder, config), SafetensorsFolder.Open(Folder));

    /// <summary>An expected tensor as fp32, shaped as stored.</summary>
    public Tensor Expected(string name)
    {
        var info = expected.Tensors[name];
        var values = new float[info.Elements];
        expected.Read(name, 0, values);
        using var scope = NewDisposeScope();
        return tensor(values).reshape([.. info.Shape]).MoveToOuterDisposeScope();
    }

    public static int[][] Numbers(JsonElement rows) =>
        [.. rows.EnumerateArray().Select(row => row.EnumerateArray().Select(id => id.GetInt32()).ToArray())];

    public static Tensor Ids(params int[][] rows)
    {
        var flat = rows.SelectMany(row => row.Select(id => (long)id)).ToArray();
        return tensor(flat).reshape(rows.Length, rows[0].Length);
    }

    public static double Distance(Tensor a, Tensor b)
    {
        Assert.Equal(b.shape, a.shape);
        using var scope = NewDisposeScope();
        return (a.to(ScalarType.Float64) - b.to(ScalarType.Float64)).abs().max().Number();
    }

    /// <summary>Writes the case's line and fails beyond the tolerance.</summary>
    public void Report(string kind, double worst, double tolerance)
    {
        GoldenReport.Line("Architectures", $"{Name} {kind}", worst, tolerance);
        Assert.True(worst <= tolerance, $"{Name} {kind}: worst {worst:g3}, tolerance {tolerance:g3}");
    }

    public void Dispose() => expected.Dispose();
}
