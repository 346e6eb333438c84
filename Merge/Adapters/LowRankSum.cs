// A product of two low-rank factors, added to stored weights chunk by chunk in fp64. Does not know where the factors come from.
namespace Majlis.Merge.Adapters;

/// <summary>scale * B A for a tensor stored as [rows, columns]: B [rows, rank] and A [rank, columns], row-major.</summary>
sealed class LowRankSum(double[] b, double[] a, int columns, double scale)
{
    readonly int rank = a.Length / columns;

    /// <summary>The same product for a tensor stored as [columns, rows].</summary>
    public LowRankSum Transposed()
    {
        var rows = b.Length / rank;
        return new LowRankSum(Transpose(a, rank, columns), Transpose(b, rows, rank), rows, scale);
    }

    /// <summary>Adds the product's elements from <paramref name="first"/> on.</summary>
    public void AddTo(long first, Span<double> destination)
    {
        for (var done = 0; done < destination.Length;)
        {
            var (row, column) = ((int)((first + done) / columns), (int)((first + done) % columns));
            var part = destination.Slice(done, Math.Min(columns - column, destination.Length - done));
            for (var r = 0; r < rank; r++)
            {
                var factor = scale * b[row * rank + r];
                var values = a.AsSpan(r * columns + column, part.Length);
                for (var i = 0; i < part.Length; i++) part[i] += factor * values[i];
            }
            done += part.Length;
        }
    }

    static double[] Transpose(double[] matrix, int rows, int columns)
    {
        var transposed = new double[matrix.Length];
        for (var row = 0; row < rows; row++)
            for (var column = 0; column < columns; column++) transposed[column * rows + row] = matrix[row * columns + column];
        return transposed;
    }
}
