// One side of a battle as bytes: compact, with a checksum that shows damage. Knows no store.
// Layout, schema 1: byte schema | text version | byte has-adapter [text adapter] | text sampling | text text | text finish reason
// | float64 latency | varint n, n varints prompt ids | varint m, m varints completion ids | varint k, k float32 log-probabilities
// | uint32 FNV-1a of all before. Little endian; text = varint length, UTF-8; varint = LEB128 of the 32 bits.
using Majlis.Feedback.Votes;

namespace Majlis.Feedback.Store;

public static class PackedSide
{
    public const byte Schema = 1;

    const int ChecksumBytes = 4;

    public static byte[] Pack(BattleSide side)
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        writer.Write(Schema);
        writer.Write(side.Version);
        writer.Write(side.Adapter is not null);
        if (side.Adapter is not null) writer.Write(side.Adapter);
        writer.Write(side.SamplingJson);
        writer.Write(side.Text);
        writer.Write(side.FinishReason);
        writer.Write(side.LatencyMs);
        WriteIds(writer, side.PromptTokens);
        WriteIds(writer, side.CompletionTokens);
        writer.Write7BitEncodedInt(side.LogProbabilities.Length);
        foreach (var value in side.LogProbabilities) writer.Write(value);
        writer.Flush();
        writer.Write(Checksum(bytes.GetBuffer().AsSpan(0, (int)bytes.Length)));
        writer.Flush();
        return bytes.ToArray();
    }

    /// <param name="record">Name of the bytes in error messages.</param>
    /// <exception cref="CorruptRecordException">Another schema, a wrong checksum, or a length that does not fit.</exception>
    public static BattleSide Unpack(byte[] bytes, string record)
    {
        if (bytes.Length < 1 + ChecksumBytes)
            throw new CorruptRecordException(record, $"it has {bytes.Length} bytes, fewer than any side of a battle");
        if (bytes[0] != Schema)
            throw new CorruptRecordException(record, $"it has schema {bytes[0]}, and this program reads schema {Schema}");
        var content = bytes.AsSpan(0, bytes.Length - ChecksumBytes);
        if (Checksum(content) != BitConverter.ToUInt32(bytes, content.Length))
            throw new CorruptRecordException(record, "its checksum does not fit its content");
        using var reader = new BinaryReader(new MemoryStream(bytes, 1, content.Length - 1));
        try
        {
            var side = Read(reader);
            return reader.BaseStream.Position == reader.BaseStream.Length ? side
                : throw new CorruptRecordException(record, "bytes are left after its last field");
        }
        catch (Exception error) when (error is EndOfStreamException or FormatException)
        {
            throw new CorruptRecordException(record, "it ends inside a field");
        }
    }

    static BattleSide Read(BinaryReader reader)
    {
        var version = reader.ReadString();
        var adapter = reader.ReadBoolean() ? reader.ReadString() : null;
        var (sampling, text, finish, latency) = (reader.ReadString(), reader.ReadString(), reader.ReadString(), reader.ReadDouble());
        var (prompt, completion) = (ReadIds(reader), ReadIds(reader));
        var logProbabilities = new float[Length(reader, sizeof(float))];
        for (var i = 0; i < logProbabilities.Length; i++) logProbabilities[i] = reader.ReadSingle();
        return new BattleSide(version, adapter, sampling, prompt, completion, logProbabilities, text, finish, latency);
    }

    static void WriteIds(BinaryWriter writer, int[] ids)
    {
        writer.Write7BitEncodedInt(ids.Length);
        foreach (var id in ids) writer.Write7BitEncodedInt(id);
    }

    static int[] ReadIds(BinaryReader reader)
    {
        var ids = new int[Length(reader, 1)];
        for (var i = 0; i < ids.Length; i++) ids[i] = reader.Read7BitEncodedInt();
        return ids;
    }

    // Refuses a length that the rest of the record cannot hold, before anything of that length is allocated.
    static int Length(BinaryReader reader, int leastBytesEach)
    {
        var length = reader.Read7BitEncodedInt();
        var left = reader.BaseStream.Length - reader.BaseStream.Position;
        return length >= 0 && (long)length * leastBytesEach <= left ? length : throw new EndOfStreamException();
    }

    static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var hash = 2166136261u;
        foreach (var value in bytes) hash = unchecked((hash ^ value) * 16777619u);
        return hash;
    }
}
