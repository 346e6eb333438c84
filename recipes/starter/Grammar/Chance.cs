// The random choices of one item: a seeded sequence, the same on every machine. Knows no texts.
using Majlis.Inference;

namespace Majlis.recipes.starter.Grammar;

public sealed class Chance(ulong seed)
{
    int taken;

    /// <summary>The choices of item <paramref name="index"/>, independent of those of its neighbours.</summary>
    public static Chance Of(ulong seed, int index) => new(SeededRandom.Mix(seed, (ulong)index));

    /// <summary>A whole number from 0 to <paramref name="count"/> - 1.</summary>
    public int Below(int count) => (int)(SeededRandom.Uniform(seed, taken++) * count);

    /// <summary>A whole number, both ends included.</summary>
    public int Between(int least, int most) => least + Below(most - least + 1);

    public bool Happens(double probability) => SeededRandom.Uniform(seed, taken++) < probability;

    public T Pick<T>(IReadOnlyList<T> from) => from[Below(from.Count)];

    /// <summary>Different ones, in random order; all of them where there are no more.</summary>
    public List<T> Some<T>(IEnumerable<T> from, int count)
    {
        var left = from.ToList();
        for (var i = 0; i < Math.Min(count, left.Count); i++)
        {
            var other = Between(i, left.Count - 1);
            (left[i], left[other]) = (left[other], left[i]);
        }
        return left[..Math.Min(count, left.Count)];
    }

    public List<T> Shuffled<T>(IReadOnlyCollection<T> all) => Some(all, all.Count);
}
