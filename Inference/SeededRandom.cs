// Counter-based random numbers: the k-th number is a function of the seed and k. So a sequence's randomness does not depend on the rest of
// the batch or on preemption.
namespace Majlis.Inference;

/// <summary>SplitMix64's output function (Steele, Lea, Flood 2014) over a seed and a counter.</summary>
public static class SeededRandom
{
    /// <summary>A number in [0, 1) with 53 random bits.</summary>
    public static double Uniform(ulong seed, int index) => (Mix(seed, (ulong)index) >> 11) * (1.0 / (1UL << 53));

    /// <summary>The seed of the <paramref name="index"/>-th child of a seed.</summary>
    public static ulong Mix(ulong seed, ulong index) => Scramble(Scramble(seed) + (index + 1) * 0x9E3779B97F4A7C15UL);

    static ulong Scramble(ulong bits)
    {
        bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9UL;
        bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EBUL;
        return bits ^ (bits >> 31);
    }
}
