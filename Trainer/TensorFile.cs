// Small sets of fp32 tensors as one safetensors file. Knows nothing of shards; whole models are written by Model's writer.
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Majlis.Trainer;

static class TensorFile
{
    public static void Write(string path, IEnumerable<(string Name, long[] Shape, float[] Values)> tensors)
    {
        var ordered = tensors.OrderBy(tensor => tensor.Name, StringComparer.Ordinal).ToArray();
        var (header, offset) = (new JsonObject(), 0L);
        foreach (var (name, shape, values) in ordered)
        {
            var end = offset + values.Length * sizeof(float);
            header[name] = new JsonObject
            {
                ["dtype"] = "F32",
                ["shape"] = new JsonArray([.. shape.Select(dimension => (JsonNode)dimension)]),
                ["data_offsets"] = new JsonArray(offset, end),
            };
            offset = end;
        }
        var text = JsonSerializer.SerializeToUtf8Bytes(header);
        var padded = new byte[8 + (text.Length + 7) / 8 * 8];
        Array.Fill(padded, (byte)' ');
        BinaryPrimitives.WriteInt64LittleEndian(padded, padded.Length - 8);
        text.CopyTo(padded, 8);
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write);
        file.Write(padded);
        foreach (var (_, _, values) in ordered) file.Write(MemoryMarshal.AsBytes(values.AsSpan()));
        file.Flush(flushToDisk: true);
    }
}
