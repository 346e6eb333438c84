// Sequences of a micro-batch one after another as rows of one matrix; two that begin alike may share the rows of their beginning. Knows no
// network.
using static TorchSharp.torch;

namespace Majlis.Torch.Packed;

/// <summary>Owns its tensor. N rows: all tokens, and a few rows of no sequence that round their number up.</summary>
public sealed class PackedBatch : IDisposable
{
    // The library compiles each product's shape once: with few different numbers of rows it finds them compiled.
    const int RowStep = 256;
    const int SmallStep = 32;

    readonly (TokenFork Fork, bool IsSecond)[] places;

    /// <param name="sequences">Token ids; none is empty.</param>
    /// <param name="width">
    /// The network's hidden size: two sequences share their beginning where that saves work. 0: none does.
    /// </param>
    public PackedBatch(IReadOnlyList<int[]> sequences, int width = 0)
    {
        (places, Longest) = (new (TokenFork, bool)[sequences.Count], sequences.Max(sequence => sequence.Length));
        var (tokens, forks, seconds) = (new List<int>(), new List<TokenFork>(), Seconds(sequences, width));
        foreach (var (index, sequence) in sequences.Index())
        {
            if (places[index].IsSecond) continue;
            var fork = TokenFork.Alone(tokens.Count, sequence.Length);
            tokens.AddRange(sequence);
            if (seconds.TryGetValue(index, out var second))
            {
                var stem = sequence.AsSpan().CommonPrefixLength(sequences[second]);
                tokens.AddRange(sequences[second].AsSpan(stem));
                fork = fork with { Length = tokens.Count - fork.First, Stem = stem };
                places[second] = (fork, true);
            }
            places[index] = (fork, false);
            forks.Add(fork);
        }
        Forks = forks;
        Tokens = tensor([.. tokens.Select(id => (long)id), .. Enumerable.Repeat(0L, RoundUp(tokens.Count) - tokens.Count)]);
    }

    /// <summary>
    /// For sequences that share their beginning with a later one, that one; each sequence stands in one pair at most. The longest shared
    /// ones count first: all of a batch may begin with one system prompt.
    /// </summary>
    static Dictionary<int, int> Seconds(IReadOnlyList<int[]> sequences, int width)
    {
        var (seconds, taken) = (new Dictionary<int, int>(), new HashSet<int>());
        if (width == 0) return seconds;
        var pairs = from first in Enumerable.Range(0, sequences.Count)
                    from second in Enumerable.Range(first + 1, sequences.Count - first - 1)
                    let stem = sequences[first].AsSpan().CommonPrefixLength(sequences[second])
                    where Saves(stem, sequences[first].Length, sequences[second].Length, width)
                    orderby stem descending, first, second
                    select (first, second);
        foreach (var (first, second) in pairs)
        {
            if (taken.Contains(first) || taken.Contains(second)) continue;
            seconds.Add(first, second);
            taken.UnionWith([first, second]);
        }
        return seconds;
    }

    /// <summary>
    /// What shared rows save in products of weights, 24 width^2 in a layer, against scores between the two sequences' own rows, which are
    /// computed to be thrown away: 4 width, at half the products' speed.
    /// </summary>
    static bool Saves(int stem, int first, int second, int width) => 3L * width * stem > (long)(first - stem) * (second - stem);

    /// <summary>Tokens of the longest.</summary>
    public int Longest { get; }

    /// <summary>[N] ids; 0 in rows of no sequence.</summary>
    public Tensor Tokens { get; }

    internal IReadOnlyList<TokenFork> Forks { get; }

    /// <summary>The row of a sequence's token.</summary>
    /// <param name="sequence">In the order they were given.</param>
    /// <param name="at">Its place in the sequence.</param>
    public int RowOf(int sequence, int at)
    {
        var (fork, isSecond) = places[sequence];
        return fork.First + (isSecond ? fork.SecondRow(at) : at);
    }

    public void Dispose() => Tokens.Dispose();

    /// <summary>A number of rows that products are done with.</summary>
    public static int RoundUp(int rows)
    {
        var step = rows > 4 * RowStep ? RowStep : SmallStep;
        return (rows + step - 1) / step * step;
    }
}
