// Stored bytes of a tensor, read ahead: what is computed with stays near the core in small chunks, and the system is asked for large ones.
// Of one thread, and valid until its next read.
using Majlis.Model.Weights;

namespace Majlis.Merge;

sealed class StoredChunk
{
    /// <summary>Bytes that are read at a time: those of a few inputs fit into a core's second-level cache.</summary>
    const int Ahead = 1 << 16;

    byte[] bytes = [];
    string? tensor;
    long first;
    int count;

    /// <param name="weights">Of one model, always the same.</param>
    /// <param name="name">The tensor's name.</param>
    /// <param name="start">The first byte in the tensor.</param>
    /// <param name="length">The number of bytes.</param>
    public ReadOnlySpan<byte> Read(SafetensorsFolder weights, string name, long start, int length)
    {
        if (name != tensor || start < first || start + length > first + count) Fetch(weights, name, start, length);
        return bytes.AsSpan((int)(start - first), length);
    }

    void Fetch(SafetensorsFolder weights, string name, long start, int length)
    {
        var info = weights.Tensors[name];
        count = (int)Math.Min(Math.Max(length, Ahead), TensorLayout.Bytes(info.Type, info.Elements) - start);
        if (bytes.Length < count) bytes = new byte[count];
        tensor = null; // Nothing is held if reading fails.
        weights.CopyRaw(name, start, bytes.AsSpan(0, count));
        (tensor, first) = (name, start);
    }
}
