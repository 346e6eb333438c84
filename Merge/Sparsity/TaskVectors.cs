// The merge that TIES, DARE, DELLA, breadcrumbs and task arithmetic share: sparse task vectors, weighted, added to the base, with or
// without an election of each element's sign. Holds one chunk of each input; which elements are sparse is another's choice.
using System.Collections.Immutable;
using System.Numerics.Tensors;
using Majlis.Merge.Arithmetic;
using Majlis.Merge.Methods;

namespace Majlis.Merge.Sparsity;

static class TaskVectors
{
    const double TooSmall = 1e-8;

    /// <summary>Sums of magnitudes below this have no meaningful ratio.</summary>
    const double NoMagnitude = 1e-7;

    /// <summary>
    /// The parameters that all these methods have. int8_mask tells mergekit how to store its masks, which are not stored here; it is taken
    /// because recipes have it, and changes nothing there either.
    /// </summary>
    public static ImmutableArray<MergeParameter> Parameters(bool normalize, bool rescale, params ReadOnlySpan<MergeParameter> more) =>
    [
        new("weight", PerModel: true), new("density", PerModel: true, Default: 1, Minimum: 0, Maximum: 1) { ExcludesMinimum = true },
        new("normalize", PerModel: false, Default: normalize ? 1 : 0, IsFlag: true),
        new("rescale", PerModel: false, Default: rescale ? 1 : 0, IsFlag: true), new("lambda", PerModel: false, Default: 1),
        new("int8_mask", PerModel: false, Default: 0, IsFlag: true), .. more,
    ];

    /// <summary>Why these inputs cannot be merged, or null; without an election the divisor is one sum for all elements.</summary>
    public static string? Complaint(TensorTask tensor, string method, bool elects)
    {
        if (tensor.Base < 0) return $"{method} needs base_model: what the deltas are taken from";
        if (elects || tensor.Experts.Length == 0 || !tensor.Flag("normalize")) return null;
        var sum = tensor.Experts.Sum(input => tensor.Model("weight", input));
        return Math.Abs(sum) < TooSmall ? $"the weights sum to {sum}, which cannot be normalised" : null;
    }

    /// <summary>
    /// base + lambda x sum of w_i d_i; divided by the sum of w_i when normalize is set. With <paramref name="elects"/> only elements with
    /// the sign of sum w_i d_i take part, also in the divisor; a sum of 0 counts as positive.
    /// </summary>
    /// <param name="sparsity">One for each expert; null keeps all elements.</param>
    public static void Merge(TensorTask tensor, ISparsity?[] sparsity, bool elects, Action<ReadOnlySpan<double>> write)
    {
        var chunks = new DeltaChunks(tensor);
        var weights = tensor.Experts.Select(input => tensor.Model("weight", input)).ToArray();
        var factors = tensor.Flag("rescale") ? Rescale(chunks, sparsity) : [.. weights.Select(_ => 1.0)];
        var mixture = new DeltaMixture(weights, factors, tensor.Flag("normalize"), tensor.Shared("lambda"));
        foreach (var (first, length) in chunks.Walk())
        {
            for (var expert = 0; expert < weights.Length; expert++)
                sparsity[expert]?.Apply(first, chunks.Deltas[expert].AsSpan(0, length));
            var result = chunks.Origin.AsSpan(0, length);
            if (elects) mixture.AddElected(chunks.Deltas, result);
            else mixture.AddAll(chunks.Deltas, result);
            write(result);
        }
    }

    /// <summary>For each expert, the sum of magnitudes before its elements were dropped over the sum after.</summary>
    static double[] Rescale(DeltaChunks chunks, ISparsity?[] sparsity)
    {
        var (before, after) = (new double[sparsity.Length], new double[sparsity.Length]);
        foreach (var (first, length) in chunks.Walk())
            for (var expert = 0; expert < sparsity.Length; expert++)
            {
                var delta = chunks.Deltas[expert].AsSpan(0, length);
                before[expert] += TensorPrimitives.SumOfMagnitudes<double>(delta);
                sparsity[expert]?.Apply(first, delta);
                after[expert] += TensorPrimitives.SumOfMagnitudes<double>(delta);
            }
        return [.. before.Zip(after, (all, kept) => all < NoMagnitude || kept < NoMagnitude ? 1 : all / kept)];
    }
}
