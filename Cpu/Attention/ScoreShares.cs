// From one row's scores over the keys at hand to shares (https://arxiv.org/abs/2205.14135), for caches in whole numbers: powers of 2, which
// cost less than those of e.
using System.Runtime.CompilerServices;
using Majlis.Cpu.Kernels;
using Majlis.Model;
using static Majlis.Cpu.Attention.PagedCache;

namespace Majlis.Cpu.Attention;

static unsafe class ScoreShares
{
    const float Log2E = 1.44269504f;

    /// <summary>
    /// Scores to shares 2^(score - largest), the score in units of log 2; what the row does not attend to gets 0, and so does the rest of
    /// the last <paramref name="group"/> of blocks.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Weigh<T>(AttentionTile tile, int row, float* scores, int begin, int count, int group, AttentionBlueprint a)
        where T : struct, IFloats<T>
    {
        var (own, oldest) = (tile.Positions[row], a.Window is { } window ? tile.Positions[row] - window + 1 : 0);
        var most = T.All(float.NegativeInfinity);
        var (scale, softCap) = (T.All(a.Scale * Log2E), a.SoftCap);
        for (var k = 0; k < count; k += BlockTokens)
        {
            var score = T.Load(scores + k);
            score = softCap is { } cap ? Exponential.Tanh(score * T.All(a.Scale / cap)) * T.All(cap * Log2E) : score * scale;
            if (begin + k < oldest || begin + k + BlockTokens - 1 > own) score = T.Hide(score, begin + k, oldest, own);
            score.Store(scores + k);
            most = T.Max(most, score);
        }
        var largest = most.Largest();
        // Nothing is attended to: the difference of two infinities would be no number.
        var shift = T.All(float.IsNegativeInfinity(largest) ? 0 : largest);
        var (sum, at) = (T.All(0), 0);
        for (; at < count; at += BlockTokens)
        {
            var share = Exponential.Power2(T.Load(scores + at) - shift);
            share.Store(scores + at);
            sum += share;
        }
        for (; at % (group * BlockTokens) != 0; at += BlockTokens) T.All(0).Store(scores + at);
        tile.Here.Sums[row] = sum.Sum();
        tile.Here.Largest[row] = largest;
    }
}
