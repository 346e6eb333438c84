// The JSON header of a safetensors file, read token by token over the mapped bytes and checked before it is used.
// Knows nothing of shards or of decoding. Format: huggingface/safetensors README; as strict as its Rust reader.
using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using Majlis.Text;

namespace Majlis.Model.Weights;

/// <summary>A tensor's header and the position of its bytes in the file.</summary>
sealed record SafetensorsEntry(TensorInfo Info, long Offset, long Bytes);

/// <summary>Reads and checks one file's header; errors name the file and the tensor.</summary>
sealed class SafetensorsHeader
{
    /// <summary>The format's own limit on the header, 100 MB.</summary>
    const long MostHeaderBytes = 100_000_000;

    readonly string path;
    readonly List<SafetensorsEntry> entries = [];
    readonly Dictionary<string, string> metadata = new(StringComparer.Ordinal);
    readonly HashSet<string> names = new(StringComparer.Ordinal);

    SafetensorsHeader(MappedFile file)
    {
        path = file.Path;
        if (file.Length < 8) throw Error(file.Length == 0 ? "the file is empty" : "the file is too short to hold a header");
        var length = BinaryPrimitives.ReadUInt64LittleEndian(file.Bytes(0, 8));
        if (length > MostHeaderBytes) throw Error($"the header claims {length} bytes; the format allows {MostHeaderBytes}");
        if ((long)length > file.Length - 8) throw Error($"the header claims {length} bytes, but the file ends after {file.Length - 8}");
        Read(file.Bytes(8, (int)length), dataStart: 8 + (long)length);
        CheckPlaces(dataStart: 8 + (long)length, file.Length);
    }

    public static SafetensorsHeader Read(MappedFile file)
    {
        try
        {
            return new SafetensorsHeader(file);
        }
        catch (JsonException error)
        {
            throw new ModelFormatException($"{file.Path}: the header is not valid JSON: {JsonDamage.Of(error)}.", error);
        }
        catch (InvalidOperationException error) // The reader throws this for a text that is not UTF-8 or a value of another kind.
        {
            throw new ModelFormatException($"{file.Path}: the header holds a value of the wrong kind, or text that is not UTF-8.", error);
        }
    }

    public IReadOnlyList<SafetensorsEntry> Entries => entries;

    public IReadOnlyDictionary<string, string> Metadata => metadata;

    void Read(ReadOnlySpan<byte> json, long dataStart)
    {
        if (json.Length == 0 || json[0] != '{') throw Error("the header does not begin with '{'");
        var reader = new Utf8JsonReader(json);
        Expect(ref reader, JsonTokenType.StartObject, "the header");
        while (Next(ref reader).TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            if (!names.Add(name)) throw Error($"'{name}' stands twice in the header");
            if (name == "__metadata__") ReadMetadata(ref reader);
            else entries.Add(ReadEntry(ref reader, name, dataStart));
        }
        _ = reader.Read(); // The reader refuses anything after the JSON.
    }

    /// <summary>Metadata is optional in the reference reader: null counts as absent.</summary>
    void ReadMetadata(ref Utf8JsonReader reader)
    {
        if (Next(ref reader).TokenType == JsonTokenType.Null) return;
        if (reader.TokenType != JsonTokenType.StartObject)
            throw Error($"__metadata__ should be an object of texts, or null, not {reader.TokenType}");
        while (Next(ref reader).TokenType == JsonTokenType.PropertyName)
        {
            var key = reader.GetString()!;
            Expect(ref reader, JsonTokenType.String, $"__metadata__ '{key}'");
            if (!metadata.TryAdd(key, reader.GetString()!)) throw Error($"__metadata__ '{key}' stands twice");
        }
    }

    SafetensorsEntry ReadEntry(ref Utf8JsonReader reader, string name, long dataStart)
    {
        Expect(ref reader, JsonTokenType.StartObject, $"tensor '{name}'");
        string? type = null;
        List<long>? shape = null, offsets = null;
        while (Next(ref reader).TokenType == JsonTokenType.PropertyName)
        {
            var field = reader.GetString()!;
            if (field == "dtype" && type is null) type = ReadText(ref reader, $"dtype of '{name}'");
            else if (field == "shape" && shape is null) shape = ReadNumbers(ref reader, $"shape of '{name}'", most: 64);
            else if (field == "data_offsets" && offsets is null) offsets = ReadNumbers(ref reader, $"data_offsets of '{name}'", most: 2);
            else throw Error($"tensor '{name}' has the unknown or repeated field '{field}'");
        }
        if (type is null || shape is null || offsets is not [var begin, var end])
            throw Error($"tensor '{name}' needs dtype, shape and two data_offsets");
        if (!TensorLayout.TryFromSafetensors(type, out var known))
            throw Error($"tensor '{name}' has dtype '{type}', which is not read here");
        if (begin > end) throw Error($"tensor '{name}' ends at {end}, before its beginning {begin}");
        var bytes = Multiply(shape, TensorLayout.Block(known).Bytes, name);
        if (bytes != end - begin)
            throw Error($"tensor '{name}' of {type} {Show(shape)} takes {bytes} bytes, but data_offsets give it {end - begin}");
        return new SafetensorsEntry(new TensorInfo(name, known, [.. shape]), checked(dataStart + begin), bytes);
    }

    string ReadText(ref Utf8JsonReader reader, string what)
    {
        Expect(ref reader, JsonTokenType.String, what);
        return reader.GetString()!;
    }

    List<long> ReadNumbers(ref Utf8JsonReader reader, string what, int most)
    {
        Expect(ref reader, JsonTokenType.StartArray, what);
        var numbers = new List<long>();
        while (Next(ref reader).TokenType != JsonTokenType.EndArray)
        {
            if (numbers.Count == most) throw Error($"{what} has more than {most} entries");
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out var number) || number is < 0 or > long.MaxValue / 2)
                throw Error($"{what}: '{Encoding.UTF8.GetString(reader.ValueSpan)}' is not a size");
            numbers.Add(number);
        }
        return numbers;
    }

    long Multiply(List<long> shape, int unit, string name)
    {
        var elements = 1L;
        foreach (var dimension in shape)
            if (Math.BigMul(elements, dimension, out elements) != 0 || elements is < 0 or > long.MaxValue / 16)
                throw Error($"tensor '{name}' {Show(shape)} has more elements than can exist");
        return elements * unit;
    }

    /// <summary>The tensors' bytes must cover the data exactly: no overlap, no gap, nothing after them.</summary>
    void CheckPlaces(long dataStart, long fileLength)
    {
        var expected = dataStart;
        foreach (var entry in entries.OrderBy(entry => entry.Offset).ThenBy(entry => entry.Bytes))
        {
            if (entry.Offset != expected)
                throw Error($"tensor '{entry.Info.Name}' begins at byte {entry.Offset - dataStart} of the data; expected " +
                    $"{expected - dataStart} (tensors overlap or leave a gap)");
            if (entry.Bytes > fileLength - expected)
                throw Error($"the file ends inside tensor '{entry.Info.Name}': it is truncated");
            expected += entry.Bytes;
        }
        if (expected != fileLength) throw Error($"{fileLength - expected} bytes follow the last tensor");
    }

    static string Show(List<long> shape) => $"[{string.Join(", ", shape)}]";

    /// <summary>The reader has the whole text: it throws if the text ends too early.</summary>
    static ref Utf8JsonReader Next(ref Utf8JsonReader reader)
    {
        _ = reader.Read();
        return ref reader;
    }

    void Expect(ref Utf8JsonReader reader, JsonTokenType type, string what)
    {
        if (Next(ref reader).TokenType != type) throw Error($"{what} should be {type}, not {reader.TokenType}");
    }

    ModelFormatException Error(string what) => new($"{path}: {what}.");
}
