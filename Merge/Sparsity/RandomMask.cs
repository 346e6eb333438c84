// Keeps each element with the same probability (DARE, https://arxiv.org/abs/2311.03099). What is kept follows from the seed, the tensor's
// name, the expert's place and the element's, so the order of work changes nothing. Knows no weights.
using System.Runtime.Intrinsics;

namespace Majlis.Merge.Sparsity;

sealed class RandomMask(RandomNumbers random, double density) : ISparsity
{
    /// <summary>By an expert's density; null where it keeps all.</summary>
    public static RandomMask? Of(TensorTask tensor, int expert)
    {
        var density = tensor.Model("density", tensor.Experts[expert]);
        return density < 1 ? new RandomMask(new RandomNumbers(tensor.Seed, tensor.Name, expert), density) : null;
    }

    public void Apply(long first, Span<double> deltas)
    {
        // Without branches: half of them would be guessed wrong.
        var i = 0;
        for (; i <= deltas.Length - Vector256<double>.Count; i += Vector256<double>.Count)
            (Vector256.LoadUnsafe(ref deltas[i]) & random.Below(first + i, density)).StoreUnsafe(ref deltas[i]);
        for (; i < deltas.Length; i++)
            if (random.At(first + i) >= density) deltas[i] = 0;
    }
}
