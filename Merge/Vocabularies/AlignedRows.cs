// One input's embeddings (or head) in the order of a joined vocabulary. Knows rows, not tokens; rows without a token are the mean of all
// rows that have one (https://nlp.stanford.edu/~johnhew/vocab-expansion.html).
using Majlis.Model;

namespace Majlis.Merge.Vocabularies;

sealed class AlignedRows : ITensorReader
{
    readonly IReadOnlyList<ITensorReader> readers;
    readonly int input;
    readonly TokenRows rows;
    readonly int columns;
    readonly Lazy<double[]> mean;

    /// <param name="readers">The tensor in each model that rows may come from.</param>
    /// <param name="input">Which of them this is.</param>
    /// <param name="rows">Where each row comes from.</param>
    /// <param name="columns">Numbers in a row.</param>
    public AlignedRows(IReadOnlyList<ITensorReader> readers, int input, TokenRows rows, int columns)
    {
        (this.readers, this.input, this.rows, this.columns) = (readers, input, rows, columns);
        mean = new Lazy<double[]>(Mean);
    }

    public string Model => readers[input].Model;

    public string Tensor => readers[input].Tensor;

    public bool Read(long first, Span<double> destination)
    {
        var row = (int)(first / columns);
        for (var done = 0; done < destination.Length;)
        {
            var run = Run(row, (destination.Length - done) / columns);
            var part = destination.Slice(done, Math.Max(1, run) * columns);
            if (run > 0) readers[input].Read((long)rows.Own[input][row] * columns, part);
            else ReadOther(row, part);
            row += Math.Max(1, run);
            done += part.Length;
        }
        return false;
    }

    public TensorType? Plain(long first, int count, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        return null;
    }

    /// <summary>How many own rows follow each other from this one on.</summary>
    int Run(int row, int most)
    {
        var own = rows.Own[input];
        var run = 0;
        while (run < most && own[row + run] >= 0 && own[row + run] == own[row] + run) run++;
        return run;
    }

    void ReadOther(int row, Span<double> destination)
    {
        if (rows.Others[row] is not { } others)
        {
            mean.Value.CopyTo(destination);
            return;
        }
        destination.Clear();
        var values = new double[columns];
        foreach (var other in others)
        {
            readers[other.Reader].Read((long)other.Row * columns, values);
            for (var i = 0; i < columns; i++) destination[i] += values[i] / others.Length;
        }
    }

    double[] Mean()
    {
        var (sum, values, count) = (new double[columns], new double[columns], 0);
        for (var row = 0; row < rows.Others.Length; row++)
        {
            if (rows.Others[row] is null) continue;
            Read((long)row * columns, values);
            for (var i = 0; i < columns; i++) sum[i] += values[i];
            count++;
        }
        return [.. sum.Select(each => each / count)];
    }
}
