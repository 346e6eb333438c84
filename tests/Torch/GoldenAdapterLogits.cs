// Adapters on the running networks, plain and packed, against peft's logits; and every tensor under the name that peft gives it.
using System.Text.Json;
using Majlis.Model;
using Majlis.Model.Adapters;
using Majlis.Model.Weights;
using Majlis.tests.Support;
using Majlis.Torch;
using Majlis.Torch.Packed;
using Xunit;
using static TorchSharp.torch;

namespace Majlis.tests.Torch;

[Trait("Golden", "Training")]
public sealed class GoldenAdapterLogits
{
    const double Tolerance = 5e-5;

    static string Root => Shared.Golden("training", "lora_math");

    public static TheoryData<string?> Cases
    {
        get
        {
            if (!Directory.Exists(Root)) return [(string?)null];
            return [.. Directory.EnumerateDirectories(Root).Where(folder => File.Exists(Path.Combine(folder, "logits.safetensors")))
                .Select(folder => Path.GetFileName(folder)!).Where(name => !name.Contains("gpt2", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)];
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public void Logits_with_an_adapter_equal_pefts(string? name)
    {
        Assert.SkipWhen(name is null, "goldens/training/lora_math is not here");
        using var scope = NewDisposeScope();
        using var checkpoint = Checkpoint.Open(Path.Combine(Root, "base"));
        using var network = new Transformer(checkpoint.Blueprint, checkpoint.Weights);
        using var file = SafetensorsFile.Open(Path.Combine(Root, name!, "adapter_model.safetensors"));
        using var adapter = LoraAdapter.Read(
            checkpoint.Blueprint, AdapterConfig.Read(Path.Combine(Root, name!, "adapter_config.json")), file);
        Assert.Equal(file.Tensors.Keys.Order(StringComparer.Ordinal),
            adapter.NamedParameters.Select(parameter => parameter.Name).Order(StringComparer.Ordinal));

        var packed = new PackedTransformer(checkpoint.Blueprint, network.Weights, ScalarType.Float32);
        using var expected = SafetensorsFile.Open(Path.Combine(Root, name!, "logits.safetensors"));
        var worst = 0.0;
        foreach (var (index, ids) in Probes(name!).Index())
        {
            network.Attach(null);
            worst = Math.Max(worst, Distance(expected, $"base.{index}", Plain(network, ids)));
            network.Attach(adapter);
            packed.Attach(adapter);
            worst = Math.Max(worst, Distance(expected, $"adapter.{index}", Plain(network, ids)));
            worst = Math.Max(worst, Distance(expected, $"adapter.{index}", Packed(packed, ids)));
        }
        GoldenReport.Line("Training", $"lora_math/{name}/logits", worst, Tolerance);
        Assert.InRange(worst, 0, Tolerance);
    }

    static int[][] Probes(string name)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Root, "index.json")));
        var found = json.RootElement.GetProperty("adapters").EnumerateArray()
            .Single(adapter => adapter.GetProperty("name").GetString() == name);
        return [.. found.GetProperty("probe_input_ids").EnumerateArray()
            .Select(ids => ids.EnumerateArray().Select(id => id.GetInt32()).ToArray())];
    }

    static float[] Plain(Transformer network, int[] ids) =>
        network.Forward(tensor(ids.Select(id => (long)id).ToArray()).unsqueeze(0)).detach().reshape(-1).data<float>().ToArray();

    static float[] Packed(PackedTransformer network, int[] ids)
    {
        using var batch = new PackedBatch([ids]);
        return network.Logits(network.States(batch).narrow(0, 0, ids.Length)).detach().reshape(-1).data<float>().ToArray();
    }

    static double Distance(SafetensorsFile expected, string name, float[] logits)
    {
        var values = new float[expected.Tensors[name].Elements];
        expected.Read(name, 0, values);
        Assert.Equal(values.Length, logits.Length);
        return values.Zip(logits).Max(pair => Math.Abs(pair.First - pair.Second));
    }
}
