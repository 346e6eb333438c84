// An adapter's change of one tensor: low-rank sums, then DoRA's magnitudes. Knows nothing of files.
namespace Majlis.Merge.Adapters;

/// <param name="Tensor">The model's tensor.</param>
/// <param name="Columns">Its last dimension.</param>
/// <param name="Sums">Added in this order.</param>
sealed record AdapterChange(string Tensor, int Columns, IReadOnlyList<LowRankSum> Sums)
{
    /// <summary>[rows] lengths the rows are scaled to (https://arxiv.org/abs/2402.09353); null leaves them.</summary>
    public double[]? RowLengths { get; init; }

    /// <summary>[columns] factors of the columns; null leaves them. DoRA where outputs are columns.</summary>
    public double[]? ColumnFactors { get; init; }

    public void Apply(long first, Span<double> values)
    {
        foreach (var sum in Sums) sum.AddTo(first, values);
        if (RowLengths is null && ColumnFactors is null) return;
        if (first % Columns != 0 || values.Length % Columns != 0)
            throw new ArgumentException($"{Tensor} is read in whole rows of {Columns}; asked for {values.Length} from {first} on.",
                nameof(first));
        for (var row = 0; row < values.Length / Columns; row++) Scale(first / Columns + row, values.Slice(row * Columns, Columns));
    }

    void Scale(long row, Span<double> part)
    {
        if (ColumnFactors is not null)
            for (var i = 0; i < part.Length; i++) part[i] *= ColumnFactors[i];
        if (RowLengths is null) return;
        var squares = 0.0;
        foreach (var value in part) squares += value * value;
        var factor = RowLengths[row] / Math.Sqrt(squares);
        for (var i = 0; i < part.Length; i++) part[i] *= factor;
    }

    /// <summary>Scales the changed columns to these lengths, which takes a walk over all rows.</summary>
    /// <param name="lengths">[columns]</param>
    /// <param name="rows">Of the tensor.</param>
    /// <param name="read">Gives the base's elements from a place on.</param>
    public AdapterChange WithColumnLengths(double[] lengths, long rows, ReadBase read)
    {
        var (squares, row) = (new double[Columns], new double[Columns]);
        for (var r = 0L; r < rows; r++)
        {
            read(r * Columns, row);
            Apply(r * Columns, row);
            for (var i = 0; i < Columns; i++) squares[i] += row[i] * row[i];
        }
        return this with { ColumnFactors = [.. lengths.Zip(squares, (length, square) => length / Math.Sqrt(square))] };
    }
}

/// <summary>Gives a tensor's elements from <paramref name="first"/> on.</summary>
delegate void ReadBase(long first, Span<double> values);
