// A cursor over a GGUF header. Checks every length against the rest of the file before it reads or allocates anything.
// Knows the value types; GgufFile's callers know the keys' meaning.
using System.Buffers.Binary;
using System.Text;
using Majlis.Text;

namespace Majlis.Model.Weights.Gguf;

/// <summary>GGUF's value types, by their numbers in the file (ggml's gguf.h `enum gguf_type`).</summary>
public enum GgufValueType : uint { U8, I8, U16, I16, U32, I32, F32, Bool, Text, Array, U64, I64, F64 }

/// <summary>Reads little-endian GGUF primitives in order; errors name the file, the item and the position.</summary>
sealed class GgufReader(MappedFile file, long position = 0)
{
    static readonly UTF8Encoding strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public long Position { get; private set; } = position;

    long Left => file.Length - Position;

    public uint U32(string what) => BinaryPrimitives.ReadUInt32LittleEndian(Take(4, what));

    public ulong U64(string what) => BinaryPrimitives.ReadUInt64LittleEndian(Take(8, what));

    /// <summary>A count of items of at least <paramref name="leastBytes"/> each, so that an impossible one is refused before
    /// anything is allocated.</summary>
    public long Count(string what, int leastBytes, string aspect = "")
    {
        var count = U64(what);
        if (count > (ulong)(Left / leastBytes))
            throw Error($"{aspect}{what} is {count}, more than the {Left} bytes left can hold");
        return (long)count;
    }

    public string Text(string what)
    {
        var at = Position;
        var length = Count(what, 1, "the length of ");
        if (length > int.MaxValue) throw Error($"{what} is {length} bytes long");
        try
        {
            return strict.GetString(Take((int)length, what));
        }
        catch (DecoderFallbackException)
        {
            Position = at;
            throw Error($"{what} is not UTF-8");
        }
    }

    public object Value(GgufValueType type, string what) => type switch
    {
        GgufValueType.U8 => (long)Take(1, what)[0],
        GgufValueType.I8 => (long)(sbyte)Take(1, what)[0],
        GgufValueType.U16 => (long)BinaryPrimitives.ReadUInt16LittleEndian(Take(2, what)),
        GgufValueType.I16 => (long)BinaryPrimitives.ReadInt16LittleEndian(Take(2, what)),
        GgufValueType.U32 => (long)U32(what),
        GgufValueType.I32 => (long)BinaryPrimitives.ReadInt32LittleEndian(Take(4, what)),
        GgufValueType.U64 => Signed(U64(what), what),
        GgufValueType.I64 => BinaryPrimitives.ReadInt64LittleEndian(Take(8, what)),
        GgufValueType.F32 => BinaryPrimitives.ReadSingleLittleEndian(Take(4, what)),
        GgufValueType.F64 => BinaryPrimitives.ReadDoubleLittleEndian(Take(8, what)),
        GgufValueType.Bool => Take(1, what)[0] != 0,
        GgufValueType.Text => Text(what),
        GgufValueType.Array => Array(what, depth: 0),
        _ => throw Error($"{what} has the unknown value type {(uint)type}"),
    };

    /// <summary>Skips an array without keeping its elements: vocabularies are long, and most readers never need them.</summary>
    GgufArray Array(string what, int depth)
    {
        if (depth > 3) throw Error($"{what} nests arrays deeper than 3 levels");
        var type = (GgufValueType)U32($"the element type of {what}");
        var size = Size(type, what);
        var count = Count($"the length of {what}", Math.Max(size, type == GgufValueType.Array ? 12 : 1));
        if (count > int.MaxValue) throw Error($"{what} has {count} elements");
        var element = $"the length of an element of {what}";
        var array = new GgufArray(type, (int)count, Position);
        if (type == GgufValueType.Array)
            for (var i = 0L; i < count; i++) Array(what, depth + 1);
        else if (type == GgufValueType.Text)
            for (var i = 0L; i < count; i++) Skip(Count(element, 1));
        else Skip(count * size);
        return array;
    }

    int Size(GgufValueType type, string what) => type switch
    {
        GgufValueType.U8 or GgufValueType.I8 or GgufValueType.Bool => 1,
        GgufValueType.U16 or GgufValueType.I16 => 2,
        GgufValueType.U32 or GgufValueType.I32 or GgufValueType.F32 => 4,
        GgufValueType.U64 or GgufValueType.I64 or GgufValueType.F64 or GgufValueType.Text => 8,
        GgufValueType.Array => 0,
        _ => throw Error($"{what} has the unknown element type {(uint)type}"),
    };

    long Signed(ulong value, string what) =>
        value <= long.MaxValue ? (long)value : throw Error($"{what} is {value}, more than a signed number holds");

    /// <summary>Skips bytes that <see cref="Count"/> has checked.</summary>
    void Skip(long bytes) => Position += bytes;

    ReadOnlySpan<byte> Take(int count, string what)
    {
        if (count > Left) throw Error($"the file ends inside {what}");
        var bytes = file.Bytes(Position, count);
        Position += count;
        return bytes;
    }

    public ModelFormatException Error(string what) => new($"{file.Path}: at byte {Position}: {what}.");
}

/// <summary>An array in a GGUF header, which is read from the file on demand.</summary>
sealed record GgufArray(GgufValueType Type, int Count, long Offset);
