// A model that takes part: a folder of weights, with or without one adapter folded in as it is read.
// Knows names, shapes and config; nothing of methods or weights of the merge.
using System.Text.Json;
using System.Text.RegularExpressions;
using Majlis.Model;
using Majlis.Model.Weights;

namespace Majlis.Merge;

sealed partial class MergeInput : IDisposable
{
    readonly IWeightSource weights;
    readonly AdapterDelta? adapter;
    readonly TensorType? loadAs;

    MergeInput(string name, string folder, JsonElement config, IWeightSource weights, AdapterDelta? adapter, TensorType? loadAs)
    {
        (Name, Folder, Config) = (name, folder, config);
        (this.weights, this.adapter, this.loadAs) = (weights, adapter, loadAs);
        LayerCount = Tensors.Keys.Select(LayerOf).Max() + 1;
    }

    /// <summary>As the recipe writes it.</summary>
    public string Name { get; }

    public string Folder { get; }

    public JsonElement Config { get; }

    public int LayerCount { get; }

    public IReadOnlyDictionary<string, TensorInfo> Tensors => weights.Tensors;

    /// <summary>Opens <c>folder</c> or <c>folder+adapter</c>; relative paths are taken from <paramref name="root"/>.</summary>
    public static MergeInput Open(string name, string root, TensorType? loadAs)
    {
        var folder = Path.Combine(root, name);
        string? adapterFolder = null;
        if (!Directory.Exists(folder) && name.Split('+') is { Length: > 1 } parts)
        {
            if (parts.Length > 2) throw new MergeRecipeException($"{name}: expected at most one adapter, folder+adapter");
            (folder, adapterFolder) = (Path.Combine(root, parts[0]), Path.Combine(root, parts[1]));
        }
        if (!Directory.Exists(folder)) throw new MergeRecipeException($"{name}: there is no folder {folder}");
        var config = ReadConfig(name, folder);
        SafetensorsFolder? weights = null;
        try
        {
            weights = SafetensorsFolder.Open(folder);
            var adapter = adapterFolder is null ? null : AdapterDelta.Open(adapterFolder, weights);
            return new MergeInput(name, folder, config, weights, adapter, loadAs);
        }
        catch
        {
            weights?.Dispose();
            throw;
        }
    }

    public void Read(string tensor, long first, Span<double> destination)
    {
        var narrow = new float[destination.Length];
        weights.Read(tensor, first, narrow);
        for (var i = 0; i < narrow.Length; i++) destination[i] = narrow[i];
        adapter?.AddTo(tensor, Tensors[tensor].Shape, first, destination);
        if (loadAs is TensorType.BF16 or TensorType.F16)
            for (var i = 0; i < destination.Length; i++) destination[i] = Rounding.Round(destination[i], loadAs.Value);
    }

    public void Dispose()
    {
        weights.Dispose();
        adapter?.Dispose();
    }

    /// <summary>The layer number in a tensor's name, or -1.</summary>
    public static int LayerOf(string tensor) =>
        LayerPattern().Match(tensor) is { Success: true } match ? int.Parse(match.Groups[1].ValueSpan, null) : -1;

    /// <summary>The same tensor's name in another layer.</summary>
    public static string InLayer(string tensor, int layer) =>
        LayerPattern().Replace(tensor, match => match.Value.Replace(match.Groups[1].Value, layer.ToString(null, null), StringComparison.Ordinal), 1);

    static JsonElement ReadConfig(string name, string folder)
    {
        var path = Path.Combine(folder, "config.json");
        if (!File.Exists(path)) throw new MergeRecipeException($"{name}: {path} is missing; it says what the tensors are");
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            return document.RootElement.Clone();
        }
        catch (JsonException exception)
        {
            throw new MergeRecipeException($"{path}: not JSON: {exception.Message}", exception);
        }
    }

    [GeneratedRegex(@"(?<=^|\.)layers?\.(\d+)\.")]
    private static partial Regex LayerPattern();
}
