// One input of a tensor to be merged, wherever its numbers come from. Knows no method.
using Majlis.Model;

namespace Majlis.Merge;

/// <summary>A tensor of one model in fp64. Safe for concurrent readers.</summary>
interface ITensorReader
{
    /// <summary>The model's name in the recipe, for messages.</summary>
    string Model { get; }

    /// <summary>The tensor's name in that model.</summary>
    string Tensor { get; }

    /// <summary>Elements from <paramref name="first"/> on, which begins a row. True where all are known to be finite.</summary>
    bool Read(long first, Span<double> destination);

    /// <summary>
    /// The type and the stored bytes of as many elements, where these bytes are the numbers as they count and
    /// <see cref="Arithmetic.PlainNumbers"/> knows the type; else null.
    /// </summary>
    TensorType? Plain(long first, int count, out ReadOnlySpan<byte> bytes);
}
