// One input of a merge: a folder of weights, with or without an adapter applied as it is read.
// Knows names, shapes and config; nothing of methods or the merge's weights.
using System.Buffers;
using System.Collections.Immutable;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using Majlis.Merge.Adapters;
using Majlis.Merge.Arithmetic;
using Majlis.Model;
using Majlis.Model.Families;
using Majlis.Model.Weights;
using Majlis.Text;

namespace Majlis.Merge;

sealed partial class MergeInput : IDisposable
{
    // Samples of a tensor are read where they are mapped.
    const int LeastCopied = 4096;

    readonly IWeightSource weights;
    readonly AdapterDelta? adapter;
    readonly TensorType? loadAs;

    // Each thread's last chunk of stored bytes: several differences from a base follow each other.
    readonly ThreadLocal<StoredChunk> chunk = new(() => new());

    MergeInput(string name, string folder, JsonElement config, IWeightSource weights, AdapterDelta? adapter, TensorType? loadAs)
    {
        (Name, Folder, Config) = (name, folder, config);
        (this.weights, this.adapter, this.loadAs) = (weights, adapter, loadAs);
        if (Tensors.Count == 0) throw new MergeRecipeException($"{name}: its weights hold no tensor");
        LayerCount = Tensors.Keys.Select(LayerOf).Max() + 1;
        try
        {
            Network = Families.Read(config);
        }
        catch (ModelFormatException error)
        {
            WhyUnknown = error.Message;
        }
    }

    /// <summary>
    /// A file that lost layers would merge as a smaller network, which nobody asked for. What the config does not know is merged along, and
    /// biases may be fewer than it says: names come from files.
    /// </summary>
    /// <exception cref="MergeRecipeException">The weights are not what the config describes.</exception>
    public void CheckTensors()
    {
        if (Network is not { } network) return;
        if (LayerCount > network.Layers.Length)
            throw new MergeRecipeException(
                $"{Name}: its files hold {LayerCount} layers, its config.json describes {network.Layers.Length}");
        foreach (var (name, shape) in network.Tensors())
            if (Tensors.TryGetValue(name, out var tensor) ? !tensor.Shape.SequenceEqual(shape)
                : !name.EndsWith(".bias", StringComparison.Ordinal))
                throw new MergeRecipeException($"{Name}: its config.json describes {name} [{string.Join(", ", shape)}], and its files "
                    + (tensor is null ? "lack it" : $"have it as [{string.Join(", ", tensor.Shape)}]"));
    }

    /// <summary>The name in the recipe.</summary>
    public string Name { get; }

    public string Folder { get; }

    public JsonElement Config { get; }

    /// <summary>What the config means, or null where its family is not known.</summary>
    public Blueprint? Network { get; }

    /// <summary>Why <see cref="Network"/> is null.</summary>
    public string? WhyUnknown { get; }

    public int LayerCount { get; }

    /// <summary>layer_types as the config has it, or as its family means it; null where neither is known.</summary>
    public IReadOnlyList<string>? LayerKinds =>
        Config.TryGetProperty("layer_types", out var types) && types.ValueKind == JsonValueKind.Array
            ? [.. types.EnumerateArray().Select(type => type.ToString())]
            : Network?.Layers.Select(layer => layer.Attention.Window is null ? "full_attention" : "sliding_attention").ToArray();

    /// <summary>The tensor with a row for each token.</summary>
    public string EmbeddingName => Network?.Embedding ?? Tensors.Keys.Where(name => name.EndsWith("embed_tokens.weight",
        StringComparison.Ordinal)).Order(StringComparer.Ordinal).FirstOrDefault("model.embed_tokens.weight");

    /// <summary>Rows of the embeddings; 0 where there is no such tensor.</summary>
    public int VocabularyRows => Tensors.TryGetValue(EmbeddingName, out var tensor) && !tensor.Shape.IsEmpty ? (int)tensor.Shape[0] : 0;

    /// <summary>True where the head is the embeddings: tied by the config, and no tensor of its own.</summary>
    public bool LendsItsEmbeddings(string head) => Network is { IsTied: true } && !Tensors.ContainsKey(head);

    /// <summary>What its files hold that is legal but probably not meant.</summary>
    public ImmutableArray<string> Warnings => adapter?.Warnings ?? [];

    public IReadOnlyDictionary<string, TensorInfo> Tensors => weights.Tensors;

    /// <summary>
    /// Opens <c>model</c> or <c>model+adapter</c>: a folder with config.json and safetensors, or a GGUF file; and an adapter's folder.
    /// Relative paths are taken from <paramref name="root"/>.
    /// </summary>
    public static MergeInput Open(string name, string root, TensorType? loadAs, IReadOnlyDictionary<string, string>? places = null)
    {
        var (path, adapterFolder) = Split(name, root, places);
        if (!Path.Exists(path))
            throw new MergeRecipeException($"{name}: there is no model {path}; where it is a name of the hub, --pull brings it");
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
    static (string Model, string? Adapter) Split(string name, string root, IReadOnlyDictionary<string, string>? places)
    {
        string Place(string model) => places?.GetValueOrDefault(model) ?? Path.Combine(root, model);
        var last = name.LastIndexOf('+');
        if (last < 0 || Path.Exists(Place(name))) return (Place(name), null);
        (string, string?) At(int plus) => (Place(name[..plus]), Path.Combine(root, name[(plus + 1)..]));
        for (var plus = last; plus > 0; plus = name.LastIndexOf('+', plus - 1))
            if (Path.Exists(Place(name[..plus]))) return At(plus);
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

    /// <summary>As <see cref="ITensorReader.Read"/>.</summary>
    public bool Read(string tensor, long first, Span<double> destination)
    {
        var (stored, finite) = (Tensors[tensor].Type, false);
        if (stored == TensorType.F64 && HasPlainBytes) ReadWide(tensor, first, destination);
        else if (PlainNumbers.Knows(stored) && HasPlainBytes)
            finite = PlainNumbers.Read(stored, Bytes(tensor, first, destination.Length, stored), destination);
        else
        {
            var rented = ArrayPool<float>.Shared.Rent(destination.Length);
            var narrow = rented.AsSpan(0, destination.Length);
            weights.Read(tensor, first, narrow);
            TensorPrimitives.ConvertTruncating<float, double>(narrow, destination);
            ArrayPool<float>.Shared.Return(rented);
        }
        var changed = adapter?.Apply(tensor, first, destination) ?? false;
        // fp32 is kept wider: its rounding shows nowhere but in the last bit.
        if (loadAs is not { } type || type is TensorType.F32 or TensorType.F64 || type == stored && !changed) return finite && !changed;
        for (var i = 0; i < destination.Length; i++) destination[i] = Rounding.Round(destination[i], type);
        return false;
    }

    /// <summary>As <see cref="ITensorReader.Plain"/>.</summary>
    public TensorType? Plain(string tensor, long first, int count, out ReadOnlySpan<byte> bytes)
    {
        var stored = Tensors[tensor].Type;
        var rounds = loadAs is TensorType.BF16 or TensorType.F16 && loadAs != stored;
        var plain = !rounds && HasPlainBytes && PlainNumbers.Knows(stored) && adapter?.Changes(tensor) != true;
        bytes = plain ? Bytes(tensor, first, count, stored) : default;
        return plain ? stored : null;
    }

    ReadOnlySpan<byte> Bytes(string tensor, long first, int count, TensorType type)
    {
        var width = TensorLayout.Block(type).Bytes;
        var bytes = count * width;
        return bytes < LeastCopied ? weights.Raw(tensor, first * width, bytes)
            : chunk.Value!.Read((SafetensorsFolder)weights, tensor, first * width, bytes);
    }

    /// <summary>The bytes are the numbers; a GGUF may have rows in another order, or one added to each.</summary>
    bool HasPlainBytes => weights is SafetensorsFolder;

    /// <summary>fp64 as it is stored: a weight source widens to fp32 only.</summary>
    void ReadWide(string tensor, long first, Span<double> destination) =>
        MemoryMarshal.Cast<byte, double>(Bytes(tensor, first, destination.Length, TensorType.F64)).CopyTo(destination);

    public void Dispose()
    {
        weights.Dispose();
        adapter?.Dispose();
        chunk.Dispose();
    }

    /// <summary>The layer number in a tensor's name, or -1.</summary>
    public static int LayerOf(string tensor) =>
        LayerPattern().Match(tensor) is { Success: true } match && int.TryParse(match.Groups[1].ValueSpan, out var layer) ? layer : -1;

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
