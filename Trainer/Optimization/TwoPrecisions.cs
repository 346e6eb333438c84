// Trained weights as two Hugging Face folders: the fp32 master, and the copy to serve in bf16, each value rounded once from it. Knows the
// layout of a version's folder; knows nothing of training.
using System.Text.Json;
using System.Text.Json.Nodes;
using Majlis.Model;
using Majlis.Model.Catalog;
using Majlis.Model.Weights;

namespace Majlis.Trainer.Optimization;

static class TwoPrecisions
{
    /// <summary>
    /// Makes <c>master/</c> and <c>serve/</c> in <paramref name="folder"/>, with the donor's config and tokenizer.
    /// <paramref name="write"/> fills the first with fp32 tensors.
    /// </summary>
    public static void Write(string folder, Checkpoint donor, Action<string> write)
    {
        var (master, serve) = (Path.Combine(folder, ModelCatalog.Master), Path.Combine(folder, ModelCatalog.Serve));
        Directory.CreateDirectory(master);
        Directory.CreateDirectory(serve);
        write(master);
        Round(master, serve);
        foreach (var (target, type) in new[] { (master, "float32"), (serve, "bfloat16") }) WriteConfig(donor, target, type);
    }

    static void Round(string master, string serve)
    {
        using var weights = SafetensorsFolder.Open(master);
        var buffer = new float[1 << 20];
        SafetensorsWriter.WriteFolder(serve, weights.Tensors.Values.OrderBy(tensor => tensor.Name, StringComparer.Ordinal)
            .Select(tensor => tensor with { Type = TensorType.BF16 }), (info, output) =>
        {
            for (long done = 0; done < info.Elements; done += buffer.Length)
            {
                var part = buffer.AsSpan(0, (int)Math.Min(buffer.Length, info.Elements - done));
                weights.Read(info.Name, done, part);
                output.Write(part);
            }
        });
    }

    static void WriteConfig(Checkpoint donor, string folder, string type)
    {
        CheckpointFiles.WriteConfigAndTokenizer(donor, folder);
        var path = Path.Combine(folder, CheckpointFiles.Config);
        var config = JsonNode.Parse(File.ReadAllBytes(path))!.AsObject();
        config.Remove("torch_dtype");
        config["dtype"] = type;
        File.WriteAllText(path, config.ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
    }
}
