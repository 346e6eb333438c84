// Reads a protobuf message field by field: only the four wire types that are in use.
using System.Buffers.Binary;
using System.Text;

namespace Majlis.Text.Tokenizers.Vocabularies;

/// <summary>After each <see cref="Next"/>, only the value of <see cref="Field"/> can be read.</summary>
ref struct ProtobufReader(ReadOnlySpan<byte> message, string file)
{
    ReadOnlySpan<byte> rest = message;
    ReadOnlySpan<byte> bytes;
    ulong number;
    int wire;

    public int Field { get; private set; }

    /// <summary>Moves to the next field; false at the message's end.</summary>
    public bool Next()
    {
        if (rest.IsEmpty) return false;
        var tag = Varint();
        (Field, wire) = ((int)(tag >> 3), (int)(tag & 7));
        switch (wire)
        {
            case 0: number = Varint(); break;
            case 1: number = BinaryPrimitives.ReadUInt64LittleEndian(Take(8)); break;
            case 2: bytes = Take(Varint()); break;
            case 5: number = BinaryPrimitives.ReadUInt32LittleEndian(Take(4)); break;
            default: throw Wrong($"field {Field} has the wire type {wire}");
        }
        return true;
    }

    public readonly ulong Number() => wire == 0 ? number : throw Wrong($"field {Field} is not a whole number");

    public readonly float Single() =>
        wire == 5 ? BitConverter.UInt32BitsToSingle((uint)number) : throw Wrong($"field {Field} is not a 32-bit number");

    public readonly ReadOnlySpan<byte> Bytes() => wire == 2 ? bytes : throw Wrong($"field {Field} is not a text or a message");

    public readonly string Text() => Encoding.UTF8.GetString(Bytes());

    public readonly ProtobufReader Message() => new(Bytes(), file);

    ulong Varint()
    {
        var value = 0ul;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = Take(1)[0];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80) return value;
        }
        throw Wrong("a number is longer than ten bytes");
    }

    ReadOnlySpan<byte> Take(ulong count)
    {
        if (count > (ulong)rest.Length) throw Wrong("it ends in the middle of a field");
        var taken = rest[..(int)count];
        rest = rest[(int)count..];
        return taken;
    }

    readonly ModelFormatException Wrong(string what) => new($"{file}: not a SentencePiece model: {what}.");
}
