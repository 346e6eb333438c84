// DoRA where a module's outputs are its tensor's columns, as embeddings and GPT-2's layers have them: the merged columns have the lengths
// that were trained, over all rows, whatever pieces are read.
using Majlis.Merge;
using Majlis.Merge.Recipes;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Merge;

public sealed class DoraOverColumns : IDisposable
{
    const int Width = TinyLlama.Width;
    const double Scale = 1.5;
    const string Config = """
        {"peft_type": "LORA", "r": 2, "lora_alpha": 3, "use_dora": true, "target_modules": ["embed_tokens", "q_proj"]}
        """;

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("model.embed_tokens", "lora_embedding_A", "lora_embedding_B", "\"llama\"", false)]
    [InlineData("model.embed_tokens", "lora_embedding_A", "lora_embedding_B", "\"llama\"", true)]
    [InlineData("model.layers.0.self_attn.q_proj", "lora_A.weight", "lora_B.weight", "\"gpt2\"", false)]
    public void Merged_columns_have_the_trained_lengths(string module, string nameOfA, string nameOfB, string family, bool savedWhole)
    {
        var (a, b, magnitude) = (Numbers(1, 2 * Width), Numbers(2, 2 * Width), Numbers(3, Width));
        var (first, saved) = (Numbers(4, Width * Width), Numbers(5, Width * Width));
        var model = TinyLlama.Write(folder.File("base"), ["model_type", family], name => name == module + ".weight" ? first : null);
        List<(string, long[], float[])> tensors =
        [
            ($"{module}.{nameOfA}", [2, Width], a), ($"{module}.{nameOfB}", [Width, 2], b),
            ($"{module}.lora_magnitude_vector", [Width], magnitude),
        ];
        if (savedWhole) tensors.Add(($"{module}.base_layer.weight", [Width, Width], saved));
        var adapter = TinyLlama.WriteAdapter(folder.File("adapter"), Config, ["fan_in_fan_out", family == "\"gpt2\"" ? "true" : "false"],
            [.. tensors]);

        // Row t is a token (an input), column h an output: W'[t, h] = W[t, h] + s sum_r A[r, t] B[h, r].
        var sum = (savedWhole ? saved : first).Select((value, at) => value
            + Scale * Enumerable.Range(0, 2).Sum(r => (double)a[r * Width + at / Width] * b[at % Width * 2 + r])).ToArray();
        var lengths = Enumerable.Range(0, Width)
            .Select(h => Math.Sqrt(Enumerable.Range(0, Width).Sum(t => sum[t * Width + h] * sum[t * Width + h]))).ToArray();
        var expected = sum.Select((value, at) => value * magnitude[at % Width] / lengths[at % Width]);

        using var plan = MergePlan.Create(
            MergeRecipe.Parse($"merge_method: linear\nmodels:\n- model: {model}+{adapter}\n  parameters: {{weight: 1.0}}\n"), "");
        var merged = new List<double>();
        plan.Method.Merge(plan.Tensors.Single(tensor => tensor.Name == module + ".weight"), piece => merged.AddRange(piece));
        Assert.Equal(expected, merged, (left, right) => Math.Abs(left - right) < 1e-12);
    }

    static float[] Numbers(int seed, int count) => [.. Enumerable.Range(0, count).Select(i => MathF.Sin(seed * 10 + i) + 0.1f)];
}
