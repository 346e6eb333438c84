// The magnitudes at some places in ascending order, of each expert's task vector: by one walk where a sample tells about where they lie,
// else by two more. Knows no method.
using System.Numerics.Tensors;
using Majlis.Merge.Arithmetic;

namespace Majlis.Merge.Sparsity;

static class MagnitudeBorders
{
    /// <summary>A sample's pieces, spread over the whole tensor, since rows differ in size; and the elements of each.</summary>
    const int Pieces = 512;
    const int PieceLength = 32;

    /// <summary>Smaller tensors are walked over sooner than sampled.</summary>
    const long LeastElements = 1 << 17;

    /// <param name="tensor">Whose experts.</param>
    /// <param name="ranks">[expert]: places, 0 the smallest.</param>
    /// <returns>[expert][rank].</returns>
    public static RankedNumber[][] Find(TensorTask tensor, long[][] ranks)
    {
        var found = ranks.Select(own => new RankedNumber[own.Length]).ToArray();
        var unknown = ByOneWalk(tensor, ranks, found);
        var searches = unknown.Select(own => own.Length == 0 ? null : new RankSearch(own)).ToArray();
        Walk(tensor, searches, (search, magnitudes) => search.CountUpper(magnitudes));
        foreach (var search in searches) search?.Narrow();
        Walk(tensor, searches, (search, magnitudes) => search.CountLower(magnitudes));
        for (var expert = 0; expert < ranks.Length; expert++)
            foreach (var (rank, number) in unknown[expert].Zip(searches[expert]?.Found() ?? []))
                found[expert][Array.IndexOf(ranks[expert], rank)] = number;
        foreach (var search in searches) search?.Dispose();
        return found;
    }

    /// <summary>Gives the ranks that it did not find.</summary>
    static long[][] ByOneWalk(TensorTask tensor, long[][] ranks, RankedNumber[][] found)
    {
        if (tensor.Elements < LeastElements) return ranks;
        var searches = ranks.Select((own, expert) => own.Length > 0 && TrySample(tensor, tensor.Experts[expert], out var sample)
            ? own.Select(rank => new BracketSearch(sample, rank, tensor.Elements)).ToArray() : null).ToArray();
        Walk(tensor, searches, (own, magnitudes) =>
        {
            foreach (var search in own) search.Count(magnitudes);
        });
        return [.. ranks.Select((own, expert) => own.Where((_, i) =>
        {
            using var search = searches[expert]?[i];
            var number = search?.Found();
            found[expert][i] = number ?? default;
            return number is null;
        }).ToArray())];
    }

    static bool TrySample(TensorTask tensor, int input, out float[] sample)
    {
        sample = new float[Pieces * PieceLength];
        for (var piece = 0; piece < Pieces; piece++)
        {
            var first = (tensor.Elements - PieceLength) * piece / (Pieces - 1);
            if (!tensor.TryReadDistances(input, first, sample.AsSpan(piece * PieceLength, PieceLength))) return false;
        }
        return true;
    }

    static void Walk<T>(TensorTask tensor, T?[] searches, Action<T, ReadOnlySpan<float>> visit) where T : class
    {
        if (searches.All(search => search is null)) return;
        var (experts, chunks, magnitudes) = (tensor.Experts, new DeltaChunks(tensor), new float[tensor.ChunkLength]);
        foreach (var (first, length) in tensor.Chunks)
            for (var expert = 0; expert < searches.Length; expert++)
            {
                if (searches[expert] is not { } search) continue;
                var numbers = magnitudes.AsSpan(0, length);
                if (!tensor.TryReadDistances(experts[expert], first, numbers))
                {
                    TensorPrimitives.ConvertTruncating<double, float>(chunks.Read(expert, first, length), numbers);
                    TensorPrimitives.Abs(numbers, numbers);
                }
                visit(search, numbers);
            }
    }
}
