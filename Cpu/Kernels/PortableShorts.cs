// Products of whole numbers in 16 bits, two columns at a time, in vectors of 128 bits that every processor has: four lanes of one row.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Majlis.Cpu.Kernels;

static unsafe class PortableShorts
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Scores(in ShortScores s)
    {
        for (var row = 0; row < s.Width; row++)
            for (var block = 0; block < s.Blocks; block++)
                for (var lane = 0; s.Keys[block] is not null && lane < 16; lane += 4) Scores(s, row, block, lane);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Mix(in ShortMix m)
    {
        for (var row = 0; row < m.Width; row++)
            for (var group = 0; group < m.Groups; group++)
                for (var element = 0; element < m.Padded; element += 4) Mix(m, row, group, element);
    }

    /// <summary>A group of rows of weights in 14 bits times a tile.</summary>
    public static void Multiply(byte* w, int blocks, in PackedTile tile, float* y, long stride)
    {
        for (var token = 0; token < tile.Width; token++)
            for (var row = 0; row < 16; row += 4) Rows(w, row, blocks, tile, token).Store(y + token * stride + row);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static Vector128<float> Rows(byte* w, int row, int blocks, in PackedTile tile, int token)
    {
        var f = Vector128<float>.Zero;
        for (var b = 0; b < blocks; b++, w += 1040)
        {
            var sum = Add(Vector128<int>.Zero, w + row * 4, 64, 16, tile.Shorts + b * 16 * tile.Width + token, tile.Width);
            var exponents = w + 1024 + row;
            var d = (Vector128.Create(exponents[0], exponents[1], exponents[2], exponents[3]) << 23).AsSingle();
            d *= Vector128.Create(tile.ShortScales[b * tile.Width + token]);
            f = Vector128.FusedMultiplyAdd(Vector128.ConvertToSingle(sum), d, f);
        }
        return f;
    }

    static void Scores(in ShortScores s, int row, int block, int lane)
    {
        var w = s.Keys[block] + lane * 4;
        float* scales = (float*)(s.Keys[block] + s.Pairs * 64) + lane, to = s.Scores(row, block) + lane;
        for (var chunk = 0; chunk < s.Chunks; chunk++, scales += 16)
        {
            var pairs = Math.Min(ShortScores.ChunkPairs, s.Pairs - chunk * ShortScores.ChunkPairs);
            var sum = Add(Vector128<int>.Zero, w + chunk * ShortScores.ChunkPairs * 64, 64, pairs, s.Query(row, chunk));
            var score = Vector128.ConvertToSingle(sum) * Vector128.Load(scales) * Vector128.Create(*s.Scale(row, chunk));
            (chunk > 0 ? score + Vector128.Load(to) : score).Store(to);
        }
    }

    static void Mix(in ShortMix m, int row, int group, int element)
    {
        var sum = Vector128<int>.Zero;
        for (var block = group * ShortMix.GroupBlocks; block < Math.Min(m.Blocks, (group + 1) * ShortMix.GroupBlocks); block++)
            if (m.Values[block] is not null)
                sum = Add(sum, m.Values[block] + element * 4, m.Padded * 4, ShortMix.BlockPairs, m.Shares(row, block));
        var to = m.Mixed(row, element);
        var mixed = Vector128.ConvertToSingle(sum) * Vector128.Create(*m.Scale(row, group));
        (group > 0 ? Vector128.Load(to) + mixed : mixed).Store(to);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<int> Add(Vector128<int> sum, byte* w, int step, int pairs, int* x, int xStep = 1)
    {
        for (var k = 0; k < pairs; k++, w += step, x += xStep)
        {
            var both = Vector128.Load((int*)w);
            sum += ((both << 16) >> 16) * (short)*x + (both >> 16) * (*x >> 16);
        }
        return sum;
    }
}
