// Keeps each element with a probability that grows with its magnitude's place in its row (MAGPRUNE of DELLA,
// https://arxiv.org/abs/2406.11617): density - epsilon for the smallest, density + epsilon for the largest. Knows no weights.
using Majlis.Merge.Methods;

namespace Majlis.Merge.Sparsity;

sealed class RankMask(RandomNumbers random, double density, double epsilon, int columns) : ISparsity
{
    public static MergeParameter Epsilon { get; } = new("epsilon", PerModel: true, Default: 0.15, Minimum: 0);

    readonly float[] magnitudes = new float[columns];
    readonly int[] order = new int[columns];

    /// <summary>By an expert's density and epsilon; null where it keeps all.</summary>
    public static RankMask? Of(TensorTask tensor, int expert)
    {
        var (input, columns) = (tensor.Experts[expert], (int)(tensor.Shape.IsEmpty ? 1 : tensor.Shape[^1]));
        var density = tensor.Model("density", input);
        if (density >= 1) return null;
        return new RankMask(new RandomNumbers(tensor.Seed, tensor.Name, expert), density, tensor.Model("epsilon", input), columns);
    }

    /// <summary>Probabilities outside 0 .. 1 are refused; a density of 1 needs none.</summary>
    public static string? Complaint(TensorTask tensor)
    {
        foreach (var input in tensor.Experts)
        {
            var (density, epsilon) = (tensor.Model("density", input), tensor.Model("epsilon", input));
            if (density < 1 && (density - epsilon <= 0 || density + epsilon >= 1))
                return $"density {density} and epsilon {epsilon} give probabilities from {density - epsilon} to {density + epsilon}; " +
                    "they must lie between 0 and 1";
        }
        return null;
    }

    /// <summary>Takes whole rows; a vector is one row.</summary>
    public void Apply(long first, Span<double> deltas)
    {
        for (var row = 0; row < deltas.Length; row += columns) ApplyRow(first + row, deltas.Slice(row, columns));
    }

    void ApplyRow(long first, Span<double> row)
    {
        for (var i = 0; i < columns; i++) (magnitudes[i], order[i]) = (Math.Abs((float)row[i]), i);
        // Equal magnitudes are ordered by position: the sort alone would leave their order open.
        Array.Sort(order, (left, right) => magnitudes[left] != magnitudes[right]
            ? magnitudes[left].CompareTo(magnitudes[right]) : left.CompareTo(right));
        var step = columns > 1 ? 2 * epsilon / (columns - 1) : 0;
        var least = columns > 1 ? density - epsilon : density;
        for (var rank = 0; rank < columns; rank++)
            if (random.At(first + order[rank]) >= least + step * rank) row[order[rank]] = 0;
    }
}
