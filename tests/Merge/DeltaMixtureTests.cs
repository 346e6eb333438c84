// Several elements at a time against one by one.
using Majlis.Merge.Sparsity;
using Xunit;

namespace Majlis.tests.Merge;

public sealed class DeltaMixtureTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Elements_together_give_what_each_gives_alone(bool normalize)
    {
        var random = new Random(3);
        // Many zeros, also sums of 0 and weights of both signs.
        double[] Draw() => [.. Enumerable.Range(0, 43).Select(_ => random.Next(-2, 3) * 0.25)];
        double[][] deltas = [Draw(), Draw(), Draw()];
        var origin = Enumerable.Range(0, 43).Select(_ => random.NextDouble()).ToArray();
        var mixture = new DeltaMixture([0.4, -0.2, 0.7], [1, 2, 1.5], normalize, lambda: 0.9);
        var together = origin.ToArray();
        mixture.AddElected(deltas, together);
        for (var i = 0; i < origin.Length; i++)
        {
            var alone = new[] { origin[i] };
            mixture.AddElected([.. deltas.Select(delta => new[] { delta[i] })], alone);
            Assert.Equal(alone[0], together[i]);
        }
    }
}
