// Online softmax (https://arxiv.org/abs/2205.14135) over a cache in 8 bits: scores and mixed values are products of bytes. A row's shares
// of 32 keys, times the values' scales, are rounded to 7 bits with one scale: an error of 1/254 of the largest of the 32.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Majlis.Cpu.Kernels;
using Majlis.Cpu.Weights;
using Majlis.Model;
using static Majlis.Cpu.Attention.AttentionTile;
using static Majlis.Cpu.Attention.PagedCache;

namespace Majlis.Cpu.Attention;

static unsafe class IntegerAttention
{
    /// <summary>
    /// Adds to the part's rows, which begin at <paramref name="row"/>, what they get from the first <paramref name="count"/> keys at hand,
    /// whose first stands at position <paramref name="begin"/>. Rows from <paramref name="rows"/> on pad the part.
    /// </summary>
    public static void Run(Products products, AttentionTile tile, int row, int rows, int begin, int count, AttentionBlueprint a)
    {
        var queries = tile.Packed.Tile(row / PartRows);
        for (var b = 0; b * BlockTokens < count; b++)
            // Where one is missing, its scores are masked.
            if (tile.KeyBlocks[b] is not null)
                products.Integers(WeightFormat.Int8, tile.KeyBlocks[b], tile.Packed.Blocks, queries, tile.Scores + b * BlockTokens, Keys);
        var pairs = (count + 2 * BlockTokens - 1) / (2 * BlockTokens);
        for (var i = 0; row + i < rows && i < queries.Width; i++)
        {
            var scores = tile.Scores + i * Keys;
            Weigh(tile, row + i, scores, begin, count, a);
            for (var b = 0; b < pairs; b++) Round(tile, scores, b, i, queries.Width);
        }
        products.Mix(new(tile.ValueBlocks, pairs, tile.Padded, tile.Shares, tile.ShareScales, queries.Width, tile.Mixed + row * tile.Padded,
            tile.Factors.AsSpan(row)));
    }

    // Scores to shares 2^(score - largest) of one row, the score in units of log 2; what the row does not attend to gets 0.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Weigh(AttentionTile tile, int row, float* scores, int begin, int count, AttentionBlueprint a)
    {
        const float log2E = 1.44269504f;
        var own = tile.Positions[row];
        var oldest = a.Window is { } window ? own - window + 1 : 0;
        var (scale, most, softCap) = (Vector512.Create(a.Scale * log2E), Vector512.Create(float.NegativeInfinity), a.SoftCap);
        for (var k = 0; k < count; k += 16)
        {
            var score = Vector512.Load(scores + k);
            score = softCap is { } cap ? Exponential.Tanh(score * (a.Scale / cap)) * (cap * log2E) : score * scale;
            if (begin + k < oldest || begin + k + 15 > own)
            {
                var position = Vector512.Create(begin + k) + Vector512<int>.Indices;
                var hidden = Vector512.GreaterThan(position, Vector512.Create(own))
                    | Vector512.LessThan(position, Vector512.Create(oldest));
                score = Vector512.ConditionalSelect(hidden.AsSingle(), Vector512.Create(float.NegativeInfinity), score);
            }
            score.Store(scores + k);
            most = Vector512.MaxNative(most, score);
        }
        var largest = Math.Max(tile.Largest[row], Lanes.Largest(most));
        // Nothing is attended to yet: the difference of two infinities would be no number.
        var shift = Vector512.Create(float.IsNegativeInfinity(largest) ? 0 : largest);
        var sum = Vector512<float>.Zero;
        for (var k = 0; k < count; k += 16)
        {
            var share = Exponential.Power2(Vector512.Load(scores + k) - shift);
            share.Store(scores + k);
            sum += share;
        }
        // The second half of the last pair of blocks.
        if (count % (2 * BlockTokens) is > 0 and <= BlockTokens) Vector512<float>.Zero.Store(scores + (count - 1) / BlockTokens * 16 + 16);
        tile.Factors[row] = Exponential.Power2(Vector512.Create(tile.Largest[row]) - shift).ToScalar();
        tile.Sums[row] = tile.Sums[row] * tile.Factors[row] + Vector512.Sum(sum);
        tile.Largest[row] = largest;
    }

    // Remains of another sequence in a block have scales of their own: where a share is 0, they must leave no trace.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Round(AttentionTile tile, float* shares, int pair, int row, int width)
    {
        var at = pair * 2 * BlockTokens;
        var (low, high) = (Scaled(shares + at, tile.ValueScales + at), Scaled(shares + at + 16, tile.ValueScales + at + 16));
        var most = ByteRounding.Largest(low, high);
        var inverse = Vector512.Create(most > 0 ? 127 / most : 0);
        ByteRounding.Bytes(ByteRounding.Whole(low * inverse), ByteRounding.Whole(high * inverse))
            .Store(tile.Shares + (pair * width + row) * 2 * BlockTokens);
        tile.ShareScales[pair * width + row] = most / 127;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<float> Scaled(float* shares, float* scales)
    {
        var share = Vector512.Load(shares);
        var isNone = Vector512.Equals(share, Vector512<float>.Zero);
        return Vector512.ConditionalSelect(isNone, Vector512<float>.Zero, share * Vector512.Load(scales));
    }
}
