// Log-probabilities of one row of raw logits at temperature 1, in fp32 with a fp64 sum. Pure; knows no sampling options.
using System.Collections.Immutable;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Majlis.Inference;

/// <summary>One of the most likely tokens at a position.</summary>
public readonly record struct TopLogProb(int Id, float LogProbability);

public static class LogProbs
{
    /// <summary>log(sum(exp(logits))): a token's log-probability is its logit minus this.</summary>
    /// <returns>Not finite when the row holds NaN or plus infinity, or only minus infinity.</returns>
    public static double LogSumExp(ReadOnlySpan<float> logits)
    {
        var best = Max(logits);
        return best + Math.Log(SumExp(logits, best));
    }

    /// <summary>The <paramref name="count"/> most likely tokens, best first; equal ones by ascending id.</summary>
    public static ImmutableArray<TopLogProb> Top(ReadOnlySpan<float> logits, int count, double logSumExp)
    {
        count = Math.Min(count, logits.Length);
        if (count == 0) return [];
        var best = new TopLogProb[count];
        var filled = 0;
        for (var id = 0; id < logits.Length; id++)
        {
            if (filled == count && !(logits[id] > best[^1].LogProbability)) continue;
            var at = filled < count ? filled++ : count - 1;
            for (; at > 0 && best[at - 1].LogProbability < logits[id]; at--) best[at] = best[at - 1];
            best[at] = new(id, logits[id]);
        }
        for (var i = 0; i < count; i++) best[i] = best[i] with { LogProbability = (float)(best[i].LogProbability - logSumExp) };
        return ImmutableCollectionsMarshal.AsImmutableArray(best);
    }

    /// <summary>1 where no token is likelier than <paramref name="id"/>, 2 where one is, and so on.</summary>
    public static int Rank(ReadOnlySpan<float> logits, int id)
    {
        var (own, likelier, i) = (new Vector<float>(logits[id]), 0, 0);
        for (; i + Vector<float>.Count <= logits.Length; i += Vector<float>.Count)
            likelier -= Vector.Sum(Vector.GreaterThan(new Vector<float>(logits[i..]), own));
        for (; i < logits.Length; i++) if (logits[i] > logits[id]) likelier++;
        return likelier + 1;
    }

    /// <summary>The largest logit; NaN when any is NaN.</summary>
    internal static float Max(ReadOnlySpan<float> logits)
    {
        var lanes = new Vector<float>(float.NegativeInfinity);
        var i = 0;
        for (; i + Vector<float>.Count <= logits.Length; i += Vector<float>.Count)
            lanes = Vector.Max(lanes, new Vector<float>(logits[i..]));
        var best = lanes[0];
        for (var lane = 1; lane < Vector<float>.Count; lane++) best = MathF.Max(best, lanes[lane]);
        for (; i < logits.Length; i++) best = MathF.Max(best, logits[i]);
        return best;
    }

    /// <summary>The lowest id of the largest logit.</summary>
    internal static int ArgMax(ReadOnlySpan<float> logits) => logits.IndexOf(Max(logits));

    static double SumExp(ReadOnlySpan<float> logits, float best)
    {
        // fp32 lanes are added to fp64 every 1024 tokens, so that 256,000 tokens lose no precision.
        double sum = 0;
        var i = 0;
        while (i + Vector<float>.Count <= logits.Length)
        {
            var lanes = Vector<float>.Zero;
            for (var end = Math.Min(logits.Length, i + 1024); i + Vector<float>.Count <= end; i += Vector<float>.Count)
                lanes += Vector.Exp(new Vector<float>(logits[i..]) - new Vector<float>(best));
            sum += Vector.Sum(lanes);
        }
        for (; i < logits.Length; i++) sum += MathF.Exp(logits[i] - best);
        return sum;
    }
}
