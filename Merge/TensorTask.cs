// One planned tensor of a merge: its inputs and the value of every parameter. Knows no recipe.
using System.Collections.Immutable;
using Majlis.Model;

namespace Majlis.Merge;

/// <summary>
/// A tensor to be computed. Inputs 0 .. n-1 are the sources in the recipe's order; <see cref="Base"/> is the origin of deltas or -1.
/// </summary>
public sealed class TensorTask
{
    /// <summary>Elements read at a time by element-wise methods: 8 MiB of fp64 per input.</summary>
    const int Chunk = 1 << 20;

    public required string Name { get; init; }
    public required ImmutableArray<long> Shape { get; init; }
    public required TensorType OutputType { get; init; }
    public required int Base { get; init; }

    internal ImmutableArray<TensorInput> Inputs { get; init; } = [];

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

    public IEnumerable<int> Experts => Enumerable.Range(0, Inputs.Length).Where(input => input != Base);

    public double Model(string parameter, int input) => ModelParameters[input][parameter];

    public double Shared(string parameter) => SharedParameters[parameter];

    public bool Flag(string parameter) => SharedParameters[parameter] != 0;

    /// <summary>Elements of one input, widened to fp64, an adapter's delta included.</summary>
    /// <exception cref="MergeRecipeException">A value is not finite.</exception>
    public void Read(int input, long first, Span<double> destination)
    {
        var (model, name) = Inputs[input];
        model.Read(name, first, destination);
        for (var i = 0; i < destination.Length; i++)
            if (!double.IsFinite(destination[i]))
                throw new MergeRecipeException(
                    $"{model.Name}: {name} holds {destination[i]} at element {first + i}; every value must be finite");
    }
}

readonly record struct TensorInput(MergeInput Model, string Name);
