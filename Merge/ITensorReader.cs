// One input of a tensor to be merged, wherever its numbers come from. Knows no method.
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
    /// Adds <paramref name="factor"/> times the elements to <paramref name="sum"/> in one pass over memory; false, with the sum as it was,
    /// where this tensor cannot do so; false, with the sum spoilt, where a value is not finite.
    /// </summary>
    bool TryAdd(long first, double factor, Span<double> sum);
}
