// An adapter's change of one tensor: low-rank sums, then DoRA's magnitudes. Knows nothing of files.
namespace Majlis.Merge.Adapters;

/// <param name="Tensor">The model's tensor.</param>
/// <param name="Columns">Its last dimension.</param>
/// <param name="Sums">Added in this order.</param>
/// <param name="Magnitudes">[rows] lengths the rows are scaled to (https://arxiv.org/abs/2402.09353); null leaves them.</param>
sealed record AdapterChange(string Tensor, int Columns, IReadOnlyList<LowRankSum> Sums, double[]? Magnitudes)
{
    public void Apply(long first, Span<double> values)
    {
        foreach (var sum in Sums) sum.AddTo(first, values);
        if (Magnitudes is null) return;
        if (first % Columns != 0 || values.Length % Columns != 0)
            throw new ArgumentException($"{Tensor} is read in whole rows of {Columns}; asked for {values.Length} from {first} on.",
                nameof(first));
        for (var row = 0; row < values.Length / Columns; row++)
        {
            var part = values.Slice(row * Columns, Columns);
            var squares = 0.0;
            foreach (var value in part) squares += value * value;
            var factor = Magnitudes[first / Columns + row] / Math.Sqrt(squares);
            for (var i = 0; i < part.Length; i++) part[i] *= factor;
        }
    }
}
