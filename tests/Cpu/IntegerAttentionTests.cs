// Attention over a cache in 8 bits against plain loops in double precision over the numbers before their rounding, and every set of kernels
// against the others.
using Majlis.Cpu;
using Majlis.Cpu.Attention;
using Majlis.Cpu.Kernels;
using Majlis.Model;
using Xunit;

namespace Majlis.tests.Cpu;

public sealed unsafe class IntegerAttentionTests
{
    [Theory]
    [InlineData(64, 1, 7)]
    [InlineData(64, 3, 256)]
    [InlineData(80, 8, 200)]
    [InlineData(128, 5, 31)]
    [InlineData(8, 4, 16)]
    public void Every_kernel_set_equals_plain_loops(int headDim, int rows, int keys)
    {
        var results = Products.Supported.Select(products => Run(products, headDim, rows, keys)).ToArray();
        Assert.All(results, result => Assert.Equal(results[0].Found, result.Found));
        var (found, expected) = results[0];
        var largest = expected.Max(Math.Abs);
        for (var i = 0; i < found.Length; i++) Assert.Equal(expected[i], found[i], 0.05 * largest);
    }

    [Fact]
    public void A_key_or_value_that_is_not_finite_shows_in_those_that_see_it_alone()
    {
        foreach (var isKey in (bool[])[true, false])
        {
            var (found, _) = Run(Products.Best, 64, 3, 40, (key, value) => (isKey ? key : value)[5] = float.NaN, bad: 38);
            Assert.All(found[..64], number => Assert.True(float.IsFinite(number)));
            Assert.Contains(found[128..], number => !float.IsFinite(number));
        }
    }

    // Rows are the last tokens, so that the mask hides the keys after each.
    static (float[] Found, double[] Expected) Run(Products products, int headDim, int rows, int keys,
        Action<float[], float[]>? spoil = null, int bad = -1)
    {
        var random = new Random(headDim + rows);
        var a = Blueprint(headDim);
        using var tile = new AttentionTile(headDim);
        var (form, blocks) = (CacheForm.Int8, (keys + 15) / 16);
        using var cachedKeys = new NativeBuffer(form.KeyBytes(headDim) * blocks);
        using var cachedValues = new NativeBuffer(form.ValueBytes(headDim) * blocks);
        var (allKeys, allValues) = (new float[keys][], new float[keys][]);
        for (var k = 0; k < keys; k++)
        {
            (allKeys[k], allValues[k]) = (Draw(), Draw());
            if (k == bad) spoil!(allKeys[k], allValues[k]);
            fixed (float* key = allKeys[k], value = allValues[k])
                IntegerCache.Write(cachedKeys.Start + k / 16 * form.KeyBytes(headDim),
                    cachedValues.Start + k / 16 * form.ValueBytes(headDim), k % 16, key, value, headDim);
        }
        for (var b = 0; b < AttentionTile.Blocks; b++)
        {
            tile.KeyBlocks[b] = b < blocks ? cachedKeys.Start + b * form.KeyBytes(headDim) : null;
            tile.ValueBlocks[b] = b < blocks ? cachedValues.Start + b * form.ValueBytes(headDim) : null;
            if (b >= blocks) continue;
            var scales = new Span<float>(IntegerCache.Scales(tile.ValueBlocks[b], headDim), 16);
            scales.CopyTo(new(tile.ValueScales + b * 16, 16));
        }
        var queries = Enumerable.Range(0, rows).Select(_ => Draw()).ToArray();
        tile.Clear();
        tile.Packed.Shape(rows, headDim, integers: true, floats: false);
        for (var row = 0; row < rows; row++)
        {
            tile.Positions[row] = keys - rows + row;
            fixed (float* query = queries[row]) RowPacking.Pack(tile.Packed, row, query, headDim);
        }
        IntegerAttention.Run(products, tile, 0, rows, 0, keys, a);
        var found = Enumerable.Range(0, rows).SelectMany(row => Enumerable.Range(0, headDim)
            .Select(d => tile.Mixed[row * tile.Padded + d] / tile.Sums[row])).ToArray();
        return (found, [.. queries.SelectMany((query, row) => Plain(query, keys - rows + row + 1))]);

        float[] Draw() => [.. Enumerable.Range(0, headDim).Select(_ => (float)(random.NextDouble() * 4 - 2))];

        double[] Plain(float[] query, int seen)
        {
            var shares = Enumerable.Range(0, seen)
                .Select(k => Math.Exp(a.Scale * query.Zip(allKeys[k]).Sum(pair => (double)pair.First * pair.Second))).ToArray();
            return [.. Enumerable.Range(0, headDim)
                .Select(d => shares.Select((share, k) => share * allValues[k][d]).Sum() / shares.Sum())];
        }
    }

    static AttentionBlueprint Blueprint(int headDim)
    {
        var one = new Projection("none", 1, 1);
        return new()
        {
            Heads = 1,
            KeyValueHeads = 1,
            HeadDim = headDim,
            Query = one,
            Key = one,
            Value = one,
            Output = one,
            Scale = 1 / MathF.Sqrt(headDim),
        };
    }
}
