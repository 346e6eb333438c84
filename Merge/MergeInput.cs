// One input of a merge: a folder of weights, with or without an adapter applied as it is read.
// Knows names, shapes and config; nothing of methods or the merge's weights.
using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using System.Text.RegularExpressions;
using Majlis.Merge.Adapters;
using Majlis.Model;
using Majlis.Model.Weights;
using Majlis.Text;

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

    /// <summary>The name in the recipe.</summary>
    public string Name { get; }

    public string Folder { get; }

    public JsonElement Config { get; }

    public int LayerCount { get; }

    /// <summary>What its files hold that is legal but probably not meant.</summary>
    public ImmutableArray<string> Warnings => adapter?.Warnings ?? [];

    public IReadOnlyDictionary<string, TensorInfo> Tensors => weights.Tensors;

    /// <summary>
    /// Opens <c>model</c> or <c>model+adapter</c>: a folder with config.json and safetensors, or a GGUF file; and an adapter's folder.
    /// Relative paths are taken from <paramref name="root"/>.
    /// </summary>
    public static MergeInput Open(string name, string root, TensorType? loadAs)
    {
        var (path, adapterFolder) = Split(name, root);
        if (!Path.Exists(path)) throw new MergeRecipeException($"{name}: there is no model {path}");
        var (weights, config) = OpenModel(name, path);
        try
        {
            var adapter = adapterFolder is null ? null : AdapterDelta.Open(adapterFolder, weights, config);
            return new MergeInput(name, path, config, weights, adapter, loadAs);
        }
        catch
        {
            weights.Dispose();
            throw;
        }
    }

    /// <summary>
    /// A + may be part of a folder's name: the last + with a model before it separates model and adapter.
    /// </summary>
    static (string Model, string? Adapter) Split(string name, string root)
    {
        var last = name.LastIndexOf('+');
        if (last < 0 || Path.Exists(Path.Combine(root, name))) return (Path.Combine(root, name), null);
        (string, string?) At(int plus) => (Path.Combine(root, name[..plus]), Path.Combine(root, name[(plus + 1)..]));
        for (var plus = last; plus > 0; plus = name.LastIndexOf('+', plus - 1))
            if (Path.Exists(Path.Combine(root, name[..plus]))) return At(plus);
        return At(last);
    }

    static (IWeightSource Weights, JsonElement Config) OpenModel(string name, string path)
    {
        if (File.Exists(path))
        {
            var checkpoint = Checkpoint.Open(path);
            return (checkpoint.Weights, checkpoint.Config);
        }
        var config = ReadConfig(name, path);
        return (SafetensorsFolder.Open(path), config);
    }

    public void Read(string tensor, long first, Span<double> destination)
    {
        var rented = ArrayPool<float>.Shared.Rent(destination.Length);
        var narrow = rented.AsSpan(0, destination.Length);
        weights.Read(tensor, first, narrow);
        for (var i = 0; i < narrow.Length; i++) destination[i] = narrow[i];
        ArrayPool<float>.Shared.Return(rented);
        adapter?.Apply(tensor, first, destination);
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
        LayerPattern().Replace(tensor, match => match.Value.Replace(match.Groups[1].Value, layer.ToString(null, null),
            StringComparison.Ordinal), 1);

    static JsonElement ReadConfig(string name, string folder)
    {
        var path = Path.Combine(folder, "config.json");
        if (!File.Exists(path)) throw new MergeRecipeException($"{name}: {path} is missing; it says what the tensors are");
        using var document = ModelJson.Read(path);
        return document.RootElement.ValueKind == JsonValueKind.Object ? document.RootElement.Clone()
            : throw new MergeRecipeException($"{path}: expected a JSON object, not {document.RootElement.ValueKind}");
    }

    [GeneratedRegex(@"(?<=^|\.)layers?\.(\d+)\.")]
    private static partial Regex LayerPattern();
}
