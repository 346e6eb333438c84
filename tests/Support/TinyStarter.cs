// The starter's shape made tiny, with its own tokenizer and chat template, and weights from a formula.
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Majlis.Model;
using Majlis.Model.Families;
using Majlis.Model.Weights;

namespace Majlis.tests.Support;

static class TinyStarter
{
    public static string ModelFolder { get; } = Path.Combine(Shared.Root, "recipes", "starter", "model");

    /// <summary>Makes models/starter below a folder, with its list of hashes, and gives its path.</summary>
    public static string Lay(string place)
    {
        var folder = Directory.CreateDirectory(Path.Combine(place, "models", "starter")).FullName;
        Write(folder);
        var files = Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal).ToArray();
        File.WriteAllLines(Path.Combine(folder, Starter.Sums),
            files.Select(file => $"{Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file)))}  {Path.GetFileName(file)}"));
        return folder;
    }

    /// <summary>Writes a Hugging Face folder into an existing one.</summary>
    public static void Write(string folder)
    {
        foreach (var file in Directory.EnumerateFiles(ModelFolder)) File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        var config = JsonNode.Parse(File.ReadAllText(Path.Combine(ModelFolder, "config.json")))!.AsObject();
        foreach (var (name, value) in new[] { ("hidden_size", 16), ("head_dim", 4), ("num_attention_heads", 4), ("intermediate_size", 16) })
            config[name] = value;
        File.WriteAllText(Path.Combine(folder, "config.json"), config.ToJsonString());
        using var parsed = JsonDocument.Parse(config.ToJsonString());
        var tensors = Families.Read(parsed.RootElement).Tensors();
        SafetensorsWriter.WriteFolder(folder, tensors.Select(tensor => new TensorInfo(tensor.Key, TensorType.F32, tensor.Value)),
            (tensor, output) => output.Write([.. Enumerable.Range(0, (int)tensor.Elements)
                .Select(index => 0.3f * MathF.Sin(index * 12.9898f + tensor.Name.Length))]));
    }
}
