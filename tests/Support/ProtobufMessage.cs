// A protobuf message as fields by number, for messages whose definition a test does not have.
using System.Buffers.Binary;
using System.Text;

namespace Majlis.tests.Support;

/// <summary>A field's value: a number, or bytes that may be a text or a message.</summary>
sealed class ProtobufMessage
{
    readonly ReadOnlyMemory<byte> bytes;
    readonly Lazy<List<(int Field, ProtobufMessage Value)>> fields;

    ProtobufMessage(ReadOnlyMemory<byte> bytes, ulong number)
    {
        (this.bytes, Number) = (bytes, number);
        fields = new(Read);
    }

    /// <summary>A whole number, or the bits of a double.</summary>
    public ulong Number { get; }

    public string Text => Encoding.UTF8.GetString(bytes.Span);

    public string Hex => Convert.ToHexStringLower(bytes.Span);

    public static ProtobufMessage Of(ReadOnlyMemory<byte> bytes) => new(bytes, 0);

    /// <summary>The field's value; empty where it is absent, as protobuf means it.</summary>
    public ProtobufMessage One(int field) => All(field).FirstOrDefault() ?? new(default, 0);

    /// <summary>All values of a repeated field, along a path of fields.</summary>
    public IEnumerable<ProtobufMessage> All(params int[] path)
    {
        IEnumerable<ProtobufMessage> at = [this];
        foreach (var field in path)
            at = at.SelectMany(one => one.fields.Value.Where(value => value.Field == field).Select(value => value.Value)).ToList();
        return at;
    }

    List<(int, ProtobufMessage)> Read()
    {
        var found = new List<(int, ProtobufMessage)>();
        for (var at = 0; at < bytes.Length;)
        {
            var tag = Varint(ref at);
            var (start, number) = (at, 0ul);
            switch (tag & 7)
            {
                case 0: number = Varint(ref at); start = at; break;
                case 1: number = BinaryPrimitives.ReadUInt64LittleEndian(bytes.Span[at..]); start = at += 8; break;
                case 2:
                    var length = (int)Varint(ref at);
                    (start, at) = (at, at + length);
                    break;
                case 5: number = BinaryPrimitives.ReadUInt32LittleEndian(bytes.Span[at..]); start = at += 4; break;
                default: throw new InvalidDataException($"wire type {tag & 7}");
            }
            found.Add(((int)(tag >> 3), new(bytes[start..at], number)));
        }
        return found;
    }

    ulong Varint(ref int at)
    {
        var value = 0ul;
        for (var shift = 0; ; shift += 7)
        {
            var next = bytes.Span[at++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80) return value;
        }
    }
}
