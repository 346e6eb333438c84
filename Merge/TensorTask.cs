// One planned tensor of a merge: its inputs and the value of every parameter. Knows no recipe.
using System.Collections.Immutable;
using System.Numerics.Tensors;
using Majlis.Merge.Arithmetic;
using Majlis.Model;

namespace Majlis.Merge;

/// <summary>
/// A tensor to be computed. Inputs 0 .. n-1 are the sources in the recipe's order; <see cref="Base"/> is the origin of deltas or -1.
/// </summary>
public sealed class TensorTask
{
    /// <summary>Elements read at a time: 32 KiB in fp64, so that a few inputs stay near the core.</summary>
    const int Chunk = 1 << 11;

    public required string Name { get; init; }
    public required ImmutableArray<long> Shape { get; init; }
    public required TensorType OutputType { get; init; }

    /// <summary>The input that deltas are taken from, or -1.</summary>
    public required int Base { get; init; }

    /// <summary>The input that is base_model, or -1; also where the method takes it as an input like any other.</summary>
    public required int BaseModel { get; init; }

    /// <summary>What random methods draw from, together with the tensor's name.</summary>
    public long Seed { get; init; }

    internal ImmutableArray<ITensorReader> Inputs { get; init; } = [];

    /// <summary>The per-model parameters of each input that is not the base.</summary>
    internal ImmutableArray<ImmutableDictionary<string, double>> ModelParameters { get; init; } = [];
    internal ImmutableDictionary<string, double> SharedParameters { get; init; } = ImmutableDictionary<string, double>.Empty;

    public long Elements => Shape.Aggregate(1L, (product, dimension) => checked(product * dimension));

    /// <summary>Whole rows, since quantised weights can be read from a row's start only.</summary>
    public int ChunkLength
    {
        get
        {
            var row = (int)(Shape.IsEmpty ? 1 : Math.Max(1, Shape[^1]));
            return (int)Math.Min(Math.Max(row, Chunk / row * row), Math.Max(1, Elements));
        }
    }

    /// <summary>The tensor in order, in stretches of at most <see cref="ChunkLength"/>.</summary>
    public IEnumerable<(long First, int Length)> Chunks
    {
        get
        {
            var (elements, length) = (Elements, ChunkLength);
            for (long first = 0; first < elements; first += length) yield return (first, (int)Math.Min(length, elements - first));
        }
    }

    /// <summary>All inputs but the origin of deltas.</summary>
    public ImmutableArray<int> Experts => [.. Enumerable.Range(0, Inputs.Length).Where(input => input != Base)];

    public double Model(string parameter, int input) => ModelParameters[input][parameter];

    public double Shared(string parameter) => SharedParameters[parameter];

    public bool Flag(string parameter) => SharedParameters[parameter] != 0;

    /// <summary>Adds elements of one input, times a factor.</summary>
    /// <param name="scratch">Of the same length, where the numbers go that cannot be added on the way.</param>
    /// <exception cref="MergeRecipeException">A value is not finite.</exception>
    public void Add(int input, long first, double factor, Span<double> sum, Span<double> scratch)
    {
        if (Inputs[input].Plain(first, sum.Length, out var bytes) is { } type && PlainNumbers.Add(type, bytes, factor, sum)) return;
        Read(input, first, scratch);
        TensorPrimitives.MultiplyAdd(scratch, factor, sum, sum);
    }

    /// <summary>Elements of one input less those of the base.</summary>
    /// <exception cref="MergeRecipeException">A value is not finite.</exception>
    public void ReadDelta(int input, long first, ReadOnlySpan<double> origin, Span<double> delta)
    {
        if (Inputs[input].Plain(first, delta.Length, out var bytes) is { } type
            && PlainNumbers.Subtract(type, bytes, origin, delta)) return;
        Read(input, first, delta);
        TensorPrimitives.Subtract(delta, origin, delta);
    }

    /// <summary>
    /// The magnitudes of one input's differences from the base, rounded once to fp32; false where the files' bytes alone do not tell them.
    /// </summary>
    public bool TryReadDistances(int input, long first, Span<float> distances) => Base >= 0
        && Inputs[input].Plain(first, distances.Length, out var own) is { } ownType
        && Inputs[Base].Plain(first, distances.Length, out var origin) is { } originType
        && PlainNumbers.Distances(ownType, own, originType, origin, distances);

    /// <summary>Elements of one input, widened to fp64, an adapter's delta included.</summary>
    /// <exception cref="MergeRecipeException">A value is not finite.</exception>
    public void Read(int input, long first, Span<double> destination)
    {
        if (Inputs[input].Read(first, destination) || TensorPrimitives.IsFiniteAll<double>(destination)) return;
        for (var i = 0; i < destination.Length; i++)
            if (!double.IsFinite(destination[i]))
                throw new MergeRecipeException($"{Inputs[input].Model}: {Inputs[input].Tensor} holds {destination[i]} at element " +
                    $"{first + i}; every value must be finite");
    }
}
