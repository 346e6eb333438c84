// Keeps each element with the same probability (DARE, https://arxiv.org/abs/2311.03099). What is kept follows from the seed, the tensor's
// name, the expert's place and the element's, so the order of work changes nothing. Knows no weights.

namespace Majlis.Merge.Sparsity;

sealed class RandomMask(RandomNumbers random, double density) : ISparsity
{
    /// <summary>By an expert's density; null where it keeps all.</summary>
    public static RandomMask? Of(TensorTask tensor, int expert)
    {
        var density = tensor.Model("density", tensor.Experts[expert]);
        return density < 1 ? new RandomMask(new RandomNumbers(tensor.Seed, tensor.Name, expert), density) : null;
    }

    public void Apply(long first, Span<double> deltas) => random.Mask(first, density, deltas);
}
