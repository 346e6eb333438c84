// Attention over a cache in 16 or 8 bits against plain loops in double precision over the numbers before their rounding, and every set of
// kernels against the others.
using Majlis.Cpu;
using Majlis.Cpu.Attention;
using Majlis.Cpu.Kernels;
using Majlis.Model;
using Xunit;

namespace Majlis.tests.Cpu;

public sealed unsafe class IntegerAttentionTests
{
    public static TheoryData<CachePrecision, int, int, int> Shapes
    {
        get
        {
            var shapes = new TheoryData<CachePrecision, int, int, int>();
            foreach (var form in (CachePrecision[])[CachePrecision.Int16, CachePrecision.Int8])
                foreach (var (headDim, rows, keys) in ((int, int, int)[])[(64, 1, 7), (64, 3, 256), (80, 8, 200), (128, 5, 31), (8, 4, 16),
                    (6, 2, 70)])
                    shapes.Add(form, headDim, rows, keys);
            return shapes;
        }
    }

    [Theory, MemberData(nameof(Shapes))]
    public void Every_kernel_set_equals_plain_loops(CachePrecision precision, int headDim, int rows, int keys)
    {
        var form = Form(precision);
        var results = Products.Supported.Select(products => Run(products, form, headDim, rows, keys)).ToArray();
        Assert.All(results, result => Assert.Equal(results[0].Found, result.Found));
        var (found, expected) = results[0];
        var largest = expected.Max(Math.Abs);
        var tolerance = form == CacheForm.Int8 ? 0.05 : 1e-3;
        for (var i = 0; i < found.Length; i++) Assert.Equal(expected[i], found[i], tolerance * largest);
    }

    [Theory]
    [InlineData(CachePrecision.Int16)]
    [InlineData(CachePrecision.Int8)]
    public void A_key_or_value_that_is_not_finite_shows_in_those_that_see_it_alone(CachePrecision precision)
    {
        foreach (var bad in (float[])[float.NaN, float.PositiveInfinity, float.NegativeInfinity])
            foreach (var isKey in (bool[])[true, false])
            {
                var (found, _) = Run(Products.Best, Form(precision), 64, 3, 40, (key, value) => (isKey ? key : value)[5] = bad, bad: 38);
                Assert.All(found[..64], number => Assert.True(float.IsFinite(number)));
                Assert.Contains(found[128..], number => !float.IsFinite(number));
            }
    }

    // Numbers at the ends of their ranges: sums of whole numbers are as large as they can be.
    [Fact]
    public void Sums_in_16_bits_do_not_overflow()
    {
        var (found, expected) = Run(Products.Best, CacheForm.Int16, 128, 8, 256, draw: _ => 3);
        for (var i = 0; i < found.Length; i++) Assert.Equal(expected[i], found[i], 1e-4);
    }

    static CacheForm Form(CachePrecision precision) => precision == CachePrecision.Int8 ? CacheForm.Int8 : CacheForm.Int16;

    // Rows are the last tokens, so that the mask hides the keys after each.
    static (float[] Found, double[] Expected) Run(Products products, CacheForm form, int headDim, int rows, int keys,
        Action<float[], float[]>? spoil = null, int bad = -1, Func<Random, float>? draw = null)
    {
        var random = new Random(headDim + rows);
        draw ??= from => (float)(from.NextDouble() * 4 - 2);
        var a = Blueprint(headDim);
        using var tile = new AttentionTile(headDim);
        var blocks = (keys + 15) / 16;
        using var cachedKeys = new NativeBuffer(form.KeyBytes(headDim) * blocks);
        using var cachedValues = new NativeBuffer(form.ValueBytes(headDim) * blocks);
        var (allKeys, allValues) = (new float[keys][], new float[keys][]);
        for (var k = 0; k < keys; k++)
        {
            (allKeys[k], allValues[k]) = (Draw(), Draw());
            if (k == bad) spoil!(allKeys[k], allValues[k]);
            byte* keyBlock = cachedKeys.Start + k / 16 * form.KeyBytes(headDim);
            byte* valueBlock = cachedValues.Start + k / 16 * form.ValueBytes(headDim);
            fixed (float* key = allKeys[k], value = allValues[k])
                if (form == CacheForm.Int8) IntegerCache.Write(keyBlock, valueBlock, k % 16, key, value, headDim);
                else ShortCache.Write(keyBlock, valueBlock, k % 16, key, value, headDim);
        }
        for (var b = 0; b < AttentionTile.Blocks; b++)
        {
            tile.KeyBlocks[b] = b < blocks ? cachedKeys.Start + b * form.KeyBytes(headDim) : null;
            tile.NextKeyBlocks[b] = null;
            tile.ValueBlocks[b] = b < blocks ? cachedValues.Start + b * form.ValueBytes(headDim) : null;
            if (b >= blocks) continue;
            var valueBlock = tile.ValueBlocks[b];
            var scales = form == CacheForm.Int8 ? IntegerCache.Scales(valueBlock, headDim) : ShortCache.Scales(valueBlock, headDim);
            new Span<float>(scales, 16).CopyTo(new(tile.ValueScales + b * 16, 16));
        }
        var queries = Enumerable.Range(0, rows).Select(_ => Draw()).ToArray();
        tile.Here = tile.Room;
        tile.Here.Clear(0);
        tile.Packed.Shape(rows, headDim, integers: true, floats: false);
        for (var row = 0; row < rows; row++)
        {
            tile.Positions[row] = keys - rows + row;
            fixed (float* query = queries[row])
                if (form == CacheForm.Int8) RowPacking.Pack(tile.Packed, row, query, headDim);
                else ShortCache.Query(query, headDim, tile.ShortQuery(row), tile.QueryScales + row, AttentionTile.Rows);
        }
        if (form == CacheForm.Int8) IntegerAttention.Run(products, tile, 0, rows, 0, keys, a);
        else ShortAttention.Run(products, tile, 0, rows, 0, keys, a);
        var found = Enumerable.Range(0, rows).SelectMany(row => Enumerable.Range(0, headDim)
            .Select(d => tile.Here.Mixed[row * tile.Padded + d] / tile.Here.Sums[row])).ToArray();
        return (found, [.. queries.SelectMany((query, row) => Plain(query, keys - rows + row + 1))]);

        float[] Draw() => [.. Enumerable.Range(0, headDim).Select(_ => draw(random))];

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
