// What merges of one expert at random show over many seeds: how many elements are kept, their values, and how that depends on magnitude.
using Majlis.Merge;

namespace Majlis.tests.Merge;

sealed class RandomMergeCounts(double epsilon, double density, bool rescales)
{
    readonly long[] keptByDecile = new long[10];
    readonly double[] expectedByDecile = new double[10];
    readonly double[] varianceByDecile = new double[10];
    long kept;
    long elements;

    /// <summary>How far a kept element lies from base + delta x sum|d| / sum|kept d| (or delta alone), at worst.</summary>
    public double WorstValue { get; private set; }

    public double KeptShare => (double)kept / elements;

    /// <summary>Kept elements less the expected ones, in standard deviations.</summary>
    public double KeptDeviation => (kept - expectedByDecile.Sum()) / Math.Sqrt(varianceByDecile.Sum());

    /// <summary>The same for the tenth of each row's magnitudes in which it is worst.</summary>
    public double WorstDecile => Enumerable.Range(0, 10).Where(decile => varianceByDecile[decile] > 0)
        .Max(decile => Math.Abs(keptByDecile[decile] - expectedByDecile[decile]) / Math.Sqrt(varianceByDecile[decile]));

    public void Add(TensorTask tensor, double[] merged, float[] origin, float[] expert)
    {
        var columns = (int)tensor.Shape[^1];
        var delta = expert.Zip(origin, (a, b) => (double)a - b).ToArray();
        var (before, after) = (0.0, 0.0);
        for (var i = 0; i < merged.Length; i++)
        {
            before += Math.Abs(delta[i]);
            if (merged[i] != origin[i]) after += Math.Abs(delta[i]);
        }
        var factor = rescales && after > 0 ? before / after : 1;
        for (var i = 0; i < merged.Length; i++)
            if (merged[i] != origin[i]) WorstValue = Math.Max(WorstValue, Math.Abs(merged[i] - origin[i] - factor * delta[i]));
        for (var row = 0; row < merged.Length; row += columns) AddRow(merged, origin, delta, row, columns);
    }

    // An element without a difference shows nothing, but has its place in the row.
    void AddRow(double[] merged, float[] origin, double[] delta, int row, int columns)
    {
        var order = Enumerable.Range(row, columns).OrderBy(i => Math.Abs((float)delta[i])).ToArray();
        for (var rank = 0; rank < columns; rank++)
        {
            var i = order[rank];
            if (delta[i] == 0) continue;
            var (decile, probability) = (10 * rank / columns, density - epsilon + 2 * epsilon * rank / Math.Max(1, columns - 1));
            elements++;
            expectedByDecile[decile] += probability;
            varianceByDecile[decile] += probability * (1 - probability);
            if (merged[i] == origin[i]) continue;
            kept++;
            keptByDecile[decile]++;
        }
    }
}
