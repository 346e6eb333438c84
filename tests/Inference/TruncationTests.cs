// Truncations on flat, tied or huge rows, against a plain sort.
using Majlis.Inference;
using Xunit;

namespace Majlis.tests.Inference;

public sealed class TruncationTests
{
    [Fact]
    public void Top_p_keeps_what_a_full_sort_would_keep()
    {
        var random = new Random(3);
        for (var round = 0; round < 400; round++)
        {
            var spread = new[] { 0f, 0.01f, 3, 30 }[round % 4];
            float[] logits = [.. Enumerable.Range(0, random.Next(1, 700)).Select(_ => MathF.Round((float)random.NextDouble() * spread, 2))];
            var options = new SamplingOptions { TopP = random.Next(5) == 0 ? 1e-9f : (float)(0.01 + 0.98 * random.NextDouble()) };
            var actual = new Sampler(logits.Length).Distribution(logits, options, [], [], []);
            Assert.Equal(Sorted(logits, options.TopP), actual.Select(p => p > 0));
        }
    }

    static bool[] Sorted(float[] logits, float p)
    {
        var best = logits.Max();
        float[] weights = [.. logits.Select(logit => MathF.Exp(logit - best))];
        var allowed = (1.0 - p) * weights.Sum(weight => (double)weight);
        var kept = Enumerable.Repeat(true, logits.Length).ToArray();
        double dropped = 0;
        // Ascending and stable; the last token always stays. A border within rounding of the allowed mass may go either way.
        foreach (var id in Enumerable.Range(0, logits.Length).OrderBy(id => weights[id]).SkipLast(1))
            if (kept[id] = (dropped += weights[id]) > allowed + 1e-9) break;
        return kept;
    }
}
