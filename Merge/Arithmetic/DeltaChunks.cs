// Walks over a tensor in chunks of whole rows, with every expert's difference from the base at hand. Holds one chunk of each input;
// knows no method. A method may walk several times: the numbers lie in mapped files, so memory does not grow with the tensor.
using System.Collections.Immutable;

namespace Majlis.Merge.Arithmetic;

sealed class DeltaChunks
{
    readonly TensorTask tensor;
    readonly ImmutableArray<int> experts;
    long held = -1;

    public DeltaChunks(TensorTask tensor)
    {
        (this.tensor, experts) = (tensor, tensor.Experts);
        Origin = new double[tensor.ChunkLength];
        Deltas = [.. experts.Select(_ => new double[tensor.ChunkLength])];
    }

    /// <summary>The base's elements of the chunk; zeros where the merge has no base.</summary>
    public double[] Origin { get; }

    /// <summary>[expert][element of the chunk]: x - base, or x itself without a base.</summary>
    public double[][] Deltas { get; }

    /// <summary>First element and length of each chunk; both arrays hold its numbers until the next.</summary>
    public IEnumerable<(long First, int Length)> Walk()
    {
        foreach (var (first, length) in tensor.Chunks)
        {
            if (tensor.Base >= 0) tensor.Read(tensor.Base, first, Origin.AsSpan(0, length));
            for (var expert = 0; expert < Deltas.Length; expert++) ReadDelta(expert, first, length);
            yield return (first, length);
        }
    }

    /// <summary>The same with one expert only.</summary>
    public IEnumerable<(long First, int Length)> Walk(int expert)
    {
        foreach (var (first, length) in tensor.Chunks)
        {
            if (tensor.Base >= 0) tensor.Read(tensor.Base, first, Origin.AsSpan(0, length));
            ReadDelta(expert, first, length);
            yield return (first, length);
        }
    }

    /// <summary>One expert's chunk; the base's is read once for all experts that follow each other.</summary>
    public ReadOnlySpan<double> Read(int expert, long first, int length)
    {
        if (tensor.Base >= 0 && held != first) tensor.Read(tensor.Base, first, Origin.AsSpan(0, length));
        held = first;
        ReadDelta(expert, first, length);
        return Deltas[expert].AsSpan(0, length);
    }

    void ReadDelta(int expert, long first, int length)
    {
        var delta = Deltas[expert].AsSpan(0, length);
        if (tensor.Base >= 0) tensor.ReadDelta(experts[expert], first, Origin.AsSpan(0, length), delta);
        else tensor.Read(experts[expert], first, delta);
    }
}
