// A GGUF file (versions 2 and 3), mapped: its keys, its list of tensors, and their bytes. Refuses an inconsistent header.
// Knows nothing of Hugging Face's names, of decoding, or of a key's meaning. Format: ggml's docs/gguf.md.
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Numerics;
using Majlis.Text;

namespace Majlis.Model.Weights.Gguf;

/// <summary>A tensor as GGUF lists it; <paramref name="Info"/>'s shape is row-major, the reverse of the file's.</summary>
public sealed record GgufTensor(TensorInfo Info, long Offset, long Bytes);

/// <summary>An opened GGUF file. Safe for concurrent readers until disposed.</summary>
public sealed class GgufFile : IDisposable
{
    const uint Magic = 0x46554747; // "GGUF"
    const int LeastKeyBytes = 8 + 4 + 1;
    const int LeastTensorBytes = 8 + 4 + 4 + 8;
    const int MostDimensions = 4;

    readonly MappedFile file;
    readonly FrozenDictionary<string, object> keys;

    GgufFile(MappedFile file)
    {
        this.file = file;
        var reader = new GgufReader(file);
        CheckVersion(reader);
        var tensorCount = reader.Count("the number of tensors", LeastTensorBytes);
        var keyCount = reader.Count("the number of keys", LeastKeyBytes);
        keys = ReadKeys(reader, keyCount);
        Alignment = ReadAlignment(reader);
        Tensors = ReadTensors(reader, tensorCount);
    }

    public string Path => file.Path;

    public long Alignment { get; }

    /// <summary>The tensors in the file's order.</summary>
    public ImmutableArray<GgufTensor> Tensors { get; }

    public IEnumerable<string> Keys => keys.Keys;

    /// <exception cref="ModelFormatException">Missing, truncated or malformed; the message names the file and the place.</exception>
    public static GgufFile Open(string path)
    {
        var file = MappedFile.Open(path);
        try
        {
            return new GgufFile(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public bool Has(string key) => keys.ContainsKey(key);

    public string? Text(string key) => Get<string>(key, "a text");

    public bool? Flag(string key) => keys.ContainsKey(key) ? (bool)GetBoxed(key, typeof(bool), "true or false") : null;

    public long? Integer(string key) => keys.ContainsKey(key) ? (long)GetBoxed(key, typeof(long), "a whole number") : null;

    /// <summary>A number; whole numbers are accepted too.</summary>
    public double? Number(string key) => keys.GetValueOrDefault(key) switch
    {
        null => null,
        float single => single,
        double wide => wide,
        long whole => whole,
        _ => throw WrongType(key, "a number"),
    };

    public bool IsArray(string key) => keys.GetValueOrDefault(key) is GgufArray;

    /// <summary>Reads an array of texts from the file, on each call.</summary>
    public string[]? Texts(string key) => ReadArray<string>(key, "texts");

    public long[]? Integers(string key) => ReadArray<long>(key, "whole numbers");

    public bool[]? Flags(string key) => ReadArray<bool>(key, "true or false");

    public float[]? Numbers(string key) => ReadArray<float>(key, "32-bit numbers");

    /// <summary>The stored bytes of a tensor from <paramref name="firstByte"/> on, mapped, not copied.</summary>
    public ReadOnlySpan<byte> Raw(GgufTensor tensor, long firstByte, int byteCount)
    {
        if (firstByte < 0 || byteCount < 0 || firstByte > tensor.Bytes - byteCount)
            throw new ModelFormatException($"{Path}: {tensor.Info.Name} has {tensor.Bytes} bytes; asked for {byteCount} from " +
                $"{firstByte} on.");
        return file.Bytes(tensor.Offset + firstByte, byteCount);
    }

    /// <summary>Decodes <paramref name="destination"/>.Length numbers of a tensor from <paramref name="firstElement"/> on; whole blocks
    /// only.</summary>
    public void Widen(GgufTensor tensor, long firstElement, Span<float> destination)
    {
        TensorRange.Check(Path, tensor.Info, firstElement, destination.Length);
        TensorDecoder.Widen(tensor.Info.Type, file, tensor.Offset + TensorLayout.Bytes(tensor.Info.Type, firstElement), destination);
    }

    public void Dispose() => file.Dispose();

    static void CheckVersion(GgufReader reader)
    {
        if (reader.U32("the magic number") != Magic) throw reader.Error("this is not a GGUF file: it does not begin with 'GGUF'");
        var version = reader.U32("the version");
        if (version is 2 or 3) return;
        throw reader.Error((version & 0xffff) == 0 ? "this GGUF file is big-endian, which is not read here"
            : $"GGUF version {version} is not read here, only 2 and 3");
    }

    static FrozenDictionary<string, object> ReadKeys(GgufReader reader, long count)
    {
        var keys = new Dictionary<string, object>(StringComparer.Ordinal);
        for (var i = 0L; i < count; i++)
        {
            var key = reader.Text($"the name of key {i}");
            var type = (GgufValueType)reader.U32($"the type of key '{key}'");
            if (!keys.TryAdd(key, reader.Value(type, $"key '{key}'"))) throw reader.Error($"key '{key}' stands twice");
        }
        return keys.ToFrozenDictionary(StringComparer.Ordinal);
    }

    long ReadAlignment(GgufReader reader)
    {
        var alignment = Integer("general.alignment") ?? 32;
        if (alignment is < 1 or > 1 << 24 || !BitOperations.IsPow2(alignment))
            throw reader.Error($"general.alignment is {alignment}; expected a power of two");
        return alignment;
    }

    ImmutableArray<GgufTensor> ReadTensors(GgufReader reader, long count)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var listed = new List<(TensorInfo Info, ulong Offset)>();
        for (var i = 0L; i < count; i++)
        {
            var tensor = ReadTensor(reader, i);
            if (!names.Add(tensor.Info.Name)) throw reader.Error($"tensor '{tensor.Info.Name}' stands twice");
            listed.Add(tensor);
        }
        return Place(reader, listed, AlignUp(reader.Position));
    }

    static (TensorInfo Info, ulong Offset) ReadTensor(GgufReader reader, long index)
    {
        var name = reader.Text($"the name of tensor {index}");
        var dimensions = reader.U32($"the number of dimensions of '{name}'");
        if (dimensions > MostDimensions)
            throw reader.Error($"tensor '{name}' has {dimensions} dimensions; at most {MostDimensions} are known");
        var shape = new long[dimensions];
        var elements = 1L;
        for (var d = (int)dimensions - 1; d >= 0; d--)
        {
            var size = reader.U64($"a dimension of '{name}'");
            if (size == 0 || size > long.MaxValue || Math.BigMul(size, (ulong)elements, out var low) != 0 || low > long.MaxValue)
                throw reader.Error($"tensor '{name}' has the impossible dimension {size}");
            shape[d] = (long)size;
            elements = (long)low;
        }
        var id = reader.U32($"the type of '{name}'");
        if (!TensorLayout.TryFromGguf(id, out var type)) throw reader.Error($"tensor '{name}' has the unknown type {id}");
        var block = TensorLayout.Block(type).Elements;
        if (block > 1 && (dimensions == 0 || shape[^1] % block != 0))
            throw reader.Error($"tensor '{name}' is {type} in blocks of {block}, which its rows of {(dimensions == 0 ? 1 : shape[^1])} " +
                $"do not fill");
        return (new TensorInfo(name, type, [.. shape]), reader.U64($"the offset of '{name}'"));
    }

    /// <summary>Tensors follow one another, each at the next aligned offset; anything else is an overlap, a gap or an
    /// inconsistent header.</summary>
    ImmutableArray<GgufTensor> Place(GgufReader reader, List<(TensorInfo Info, ulong Offset)> listed, long data)
    {
        var expected = 0L;
        foreach (var (info, offset) in listed.OrderBy(tensor => tensor.Offset))
        {
            if (offset != (ulong)expected)
                throw reader.Error($"tensor '{info.Name}' begins at {offset} of the data; expected {expected} (tensors overlap or leave " +
                    $"a gap)");
            var available = Math.Max(0, file.Length - data) - expected;
            if (info.Elements / TensorLayout.Block(info.Type).Elements > Math.Max(0, available) / TensorLayout.Block(info.Type).Bytes)
                throw reader.Error($"the file ends inside tensor '{info.Name}': it is truncated, or not the file it says it is");
            expected = AlignUp(expected + TensorLayout.Bytes(info.Type, info.Elements));
        }
        return [.. listed.Select(tensor =>
            new GgufTensor(tensor.Info, data + (long)tensor.Offset, TensorLayout.Bytes(tensor.Info.Type, tensor.Info.Elements)))];
    }

    long AlignUp(long position) => (position + Alignment - 1) / Alignment * Alignment;

    T[]? ReadArray<T>(string key, string expected)
    {
        if (!keys.TryGetValue(key, out var value)) return null;
        if (value is not GgufArray array) throw WrongType(key, $"an array of {expected}");
        var reader = new GgufReader(file, array.Offset);
        var result = new T[array.Count];
        var what = $"an element of '{key}'";
        for (var i = 0; i < result.Length; i++)
            result[i] = reader.Value(array.Type, what) is T element ? element : throw WrongType(key, $"an array of {expected}");
        return result;
    }

    T? Get<T>(string key, string expected) where T : class => keys.ContainsKey(key) ? (T)GetBoxed(key, typeof(T), expected) : null;

    object GetBoxed(string key, Type type, string expected) => keys[key] is var value && value.GetType() == type ? value
        : throw WrongType(key, expected);

    ModelFormatException WrongType(string key, string expected) => new($"{Path}: key '{key}' holds something else than {expected}.");
}
