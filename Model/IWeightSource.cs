// Named tensors on disk, under Hugging Face names and in Hugging Face layout, whatever the container.
// Knows nothing of a tensor's meaning; the Blueprint does.
using System.Collections.Immutable;
using Majlis.Text;

namespace Majlis.Model;

/// <summary>A tensor's header: name, storage type and row-major shape.</summary>
public sealed record TensorInfo(string Name, TensorType Type, ImmutableArray<long> Shape)
{
    public long Elements => Shape.Aggregate(1L, (product, dimension) => checked(product * dimension));
}

/// <summary>
/// Opened weights, memory-mapped: opening reads headers only. Safe for concurrent readers until disposed.
/// </summary>
public interface IWeightSource : IDisposable
{
    IReadOnlyDictionary<string, TensorInfo> Tensors { get; }

    /// <summary>
    /// Reads <paramref name="destination"/>.Length elements from <paramref name="firstElement"/> on, widened (or dequantised) to fp32.
    /// For quantised types <paramref name="firstElement"/> must be the start of a row.
    /// </summary>
    /// <exception cref="ModelFormatException">No such tensor, or a range outside it.</exception>
    void Read(string name, long firstElement, Span<float> destination);

    /// <summary>The tensor's stored bytes (mapped, not copied); valid until the source is disposed.</summary>
    ReadOnlySpan<byte> Raw(string name, long firstByte, int byteCount);
}
