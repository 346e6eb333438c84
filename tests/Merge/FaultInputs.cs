// Damaged inputs on disk, opened and merged: each stands for its kind.
using Majlis.Merge;
using Majlis.Merge.Recipes;
using Majlis.Model;
using Majlis.Model.Weights;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Merge;

public sealed class FaultInputs
{
    static string Input(params string[] parts) => Shared.Require(Shared.Data(["faults", .. parts]));

    [Fact]
    public void Weights_whose_metadata_is_null_are_a_model()
    {
        using var checkpoint = Checkpoint.Open(Input("metadata-null"));
        Assert.Equal("llama", checkpoint.Blueprint.Family);
    }

    [Fact]
    public void Two_styles_of_the_same_config_are_averaged()
    {
        var root = Input("merge-config-v5");
        using var plan = MergePlan.Create(MergeRecipe.Read(Path.Combine(root, "cfg-v5.yml")), root);
        using var left = SafetensorsFolder.Open(Path.Combine(root, "a"));
        using var right = SafetensorsFolder.Open(Path.Combine(root, "v5"));
        foreach (var tensor in plan.Tensors)
            Assert.Equal(Values(left, tensor.Name).Zip(Values(right, tensor.Name), (a, b) => (a + (double)b) / 2),
                Merged(plan, tensor.Name), (expected, actual) => Math.Abs(expected - actual) < 1e-12);
    }

    /// <summary>peft: W - s B0 A0 + s B A. s B0 A0 is the part of the largest singular value, found here by power iteration.</summary>
    [Fact]
    public void An_adapter_that_took_the_largest_singular_part_gives_it_back()
    {
        const string Name = "model.layers.0.self_attn.q_proj";
        var root = Input("pissa");
        using var plan = MergePlan.Create(MergeRecipe.Read(Path.Combine(root, "pissa.yml")), root);
        using var start = SafetensorsFolder.Open(Path.Combine(root, "base"));
        using var adapter = SafetensorsFile.Open(Path.Combine(root, "pissa", "adapter_model.safetensors"));
        var (w, a, b) = (Values(start, Name + ".weight"), Values(adapter, $"base_model.model.{Name}.lora_A.weight"),
            Values(adapter, $"base_model.model.{Name}.lora_B.weight"));
        var (rows, columns) = (b.Length, a.Length);
        var v = Enumerable.Repeat(1.0, columns).ToArray();
        double[] u = [];
        for (var turn = 0; turn < 20_000; turn++)
        {
            u = [.. Enumerable.Range(0, rows).Select(i => Enumerable.Range(0, columns).Sum(j => w[i * columns + j] * v[j]))];
            v = [.. Enumerable.Range(0, columns).Select(j => Enumerable.Range(0, rows).Sum(i => w[i * columns + j] * u[i]))];
            var length = Math.Sqrt(v.Sum(x => x * x));
            v = Array.ConvertAll(v, x => x / length);
        }
        u = [.. Enumerable.Range(0, rows).Select(i => Enumerable.Range(0, columns).Sum(j => w[i * columns + j] * v[j]))];
        var expected = w.Select((x, i) => x - u[i / columns] * v[i % columns] + 2.0 * b[i / columns] * a[i % columns]);
        Assert.Equal(expected, Merged(plan, Name + ".weight"), (x, y) => Math.Abs(x - y) < 1e-9);
    }

    static float[] Values(IWeightSource source, string name)
    {
        var values = new float[source.Tensors[name].Elements];
        source.Read(name, 0, values);
        return values;
    }

    static double[] Merged(MergePlan plan, string name)
    {
        var values = new List<double>();
        plan.Method.Merge(plan.Tensors.Single(tensor => tensor.Name == name), piece => values.AddRange(piece));
        return [.. values];
    }
}
