// `model.safetensors.index.json`: which shard holds which tensor. Knows names only, and refuses names outside the folder.
using System.Collections.Frozen;
using System.Text.Json;
using Majlis.Text;

namespace Majlis.Model.Weights;

static class SafetensorsIndex
{
    /// <summary>Tensor name to file name. A path, an absolute name or any file but a `.safetensors` beside the index is refused.</summary>
    public static FrozenDictionary<string, string> Read(string path)
    {
        using var document = ModelJson.Read(path);
        if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty("weight_map", out var map)
            || map.ValueKind != JsonValueKind.Object)
            throw new ModelFormatException($"{path}: 'weight_map' is missing or not an object.");
        var files = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in map.EnumerateObject())
        {
            if (entry.Value.ValueKind != JsonValueKind.String)
                throw new ModelFormatException($"{path}: weight_map '{entry.Name}' is not a file name.");
            var file = entry.Value.GetString()!;
            if (!IsPlainName(file))
                throw new ModelFormatException($"{path}: weight_map '{entry.Name}' names '{file}'; expected a .safetensors file of this " +
                $"folder.");
            files.Add(entry.Name, file);
        }
        if (files.Count == 0) throw new ModelFormatException($"{path}: 'weight_map' is empty.");
        return files.ToFrozenDictionary(StringComparer.Ordinal);
    }

    static bool IsPlainName(string file) => file.EndsWith(".safetensors", StringComparison.Ordinal)
        && !file.StartsWith('.') && file.AsSpan().IndexOfAny("/\\:\0") < 0;
}
