// Sequences of a micro-batch one after another as rows of one matrix. Knows no network.
using static TorchSharp.torch;

namespace Majlis.Torch.Packed;

/// <summary>Owns its tensor. N rows: all tokens, and a few rows of no sequence that round their number up.</summary>
public sealed class PackedBatch : IDisposable
{
    // The library compiles each product's shape once: with few different numbers of rows it finds them compiled.
    const int RowStep = 256;
    const int SmallStep = 32;

    /// <param name="sequences">Token ids; none is empty.</param>
    public PackedBatch(IReadOnlyList<int[]> sequences)
    {
        var (places, tokens) = (new List<(int, int)>(), new List<long>());
        foreach (var sequence in sequences)
        {
            places.Add((tokens.Count, sequence.Length));
            tokens.AddRange(sequence.Select(id => (long)id));
        }
        Sequences = places;
        Longest = sequences.Max(sequence => sequence.Length);
        Tokens = tensor([.. tokens, .. Enumerable.Repeat(0L, RoundUp(tokens.Count) - tokens.Count)]);
    }

    /// <summary>First row and length of each, in the order they were given.</summary>
    public IReadOnlyList<(int First, int Length)> Sequences { get; }

    /// <summary>Tokens of the longest.</summary>
    public int Longest { get; }

    /// <summary>[N] ids; 0 in rows of no sequence.</summary>
    public Tensor Tokens { get; }

    public void Dispose() => Tokens.Dispose();

    /// <summary>A number of rows that products are done with.</summary>
    public static int RoundUp(int rows)
    {
        var step = rows > 4 * RowStep ? RowStep : SmallStep;
        return (rows + step - 1) / step * step;
    }
}
