// A Hugging Face folder's safetensors, one file or shards with an index, as one set of tensors.
// Knows nothing of config files or of a tensor's meaning.
using System.Collections.Frozen;
using System.Collections.Immutable;
using Majlis.Text;

namespace Majlis.Model.Weights;

/// <summary>All tensors of a folder with `model.safetensors`, or `model.safetensors.index.json` and its shards.</summary>
public sealed class SafetensorsFolder : IWeightSource
{
    public const string SingleName = "model.safetensors";
    public const string IndexName = "model.safetensors.index.json";

    readonly ImmutableArray<SafetensorsFile> files;
    readonly FrozenDictionary<string, SafetensorsFile> owners;

    SafetensorsFolder(string folder, ImmutableArray<SafetensorsFile> files)
    {
        Path = folder;
        this.files = files;
        var tensors = new Dictionary<string, TensorInfo>(StringComparer.Ordinal);
        var owner = new Dictionary<string, SafetensorsFile>(StringComparer.Ordinal);
        foreach (var file in files)
            foreach (var (name, info) in file.Tensors)
            {
                if (!tensors.TryAdd(name, info))
                    throw new ModelFormatException($"{file.Path}: tensor '{name}' stands in {owner[name].Path} as well.");
                owner.Add(name, file);
            }
        Tensors = tensors.ToFrozenDictionary(StringComparer.Ordinal);
        owners = owner.ToFrozenDictionary(StringComparer.Ordinal);
    }

    public string Path { get; }

    public IReadOnlyDictionary<string, TensorInfo> Tensors { get; }

    /// <summary>The files that hold the tensors, in the order of their names.</summary>
    public IEnumerable<string> Files => files.Select(file => file.Path);

    /// <exception cref="ModelFormatException">No weights, a missing or malformed shard, or an index that does not match its
    /// shards.</exception>
    public static SafetensorsFolder Open(string folder)
    {
        var single = System.IO.Path.Combine(folder, SingleName);
        if (File.Exists(single)) return OpenFiles(folder, [SingleName]);
        var index = System.IO.Path.Combine(folder, IndexName);
        if (!File.Exists(index)) throw new ModelFormatException($"{folder}: {Missing(folder)}");
        var map = SafetensorsIndex.Read(index);
        var opened = OpenFiles(folder, [.. map.Values.Distinct().Order(StringComparer.Ordinal)]);
        try
        {
            opened.CheckAgainst(map, index);
            return opened;
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    public void Read(string name, long firstElement, Span<float> destination) => Find(name).Read(name, firstElement, destination);

    public ReadOnlySpan<byte> Raw(string name, long firstByte, int byteCount) => Find(name).Raw(name, firstByte, byteCount);

    /// <summary>The same bytes copied, as is best for all of a tensor once.</summary>
    public void CopyRaw(string name, long firstByte, Span<byte> destination) => Find(name).CopyRaw(name, firstByte, destination);

    public void Dispose()
    {
        foreach (var file in files) file.Dispose();
    }

    static SafetensorsFolder OpenFiles(string folder, ImmutableArray<string> names)
    {
        var opened = new List<SafetensorsFile>();
        try
        {
            foreach (var name in names) opened.Add(SafetensorsFile.Open(System.IO.Path.Combine(folder, name)));
            return new SafetensorsFolder(folder, [.. opened]);
        }
        catch
        {
            foreach (var file in opened) file.Dispose();
            throw;
        }
    }

    void CheckAgainst(FrozenDictionary<string, string> map, string index)
    {
        foreach (var (name, file) in map)
            if (!owners.TryGetValue(name, out var owner) || System.IO.Path.GetFileName(owner.Path) != file)
                throw new ModelFormatException($"{index}: tensor '{name}' should stand in {file}, which does not hold it.");
        foreach (var (name, owner) in owners)
            if (!map.ContainsKey(name)) throw new ModelFormatException($"{owner.Path}: tensor '{name}' is not listed in {IndexName}.");
    }

    static string Missing(string folder) => !Directory.Exists(folder) ? "there is no such folder."
        : Directory.EnumerateFiles(folder, "*.bin").Any() ? $"only pickled weights (.bin) are there; expected {SingleName} or {IndexName}."
        : $"no weights; expected {SingleName}, or {IndexName} and its shards.";

    SafetensorsFile Find(string name) => owners.GetValueOrDefault(name)
        ?? throw new ModelFormatException($"{Path}: there is no tensor '{name}'.");
}
