// An adapter's factors in the kernels' fp32 layout, found by the product they belong to. Knows no sequences.
using Majlis.Cpu.Weights;
using Majlis.Model.Adapters;

namespace Majlis.Cpu.Adapters;

/// <summary>y += Up (Down x) for one projection; Down is [rank, inputs], Up [outputs, rank].</summary>
sealed record PackedPair(PackedMatrix Down, PackedMatrix Up);

sealed class PackedAdapter : IDisposable
{
    readonly NativeArena memory = new(1 << 20);
    readonly Dictionary<Linear, PackedPair?[]> pairs = [];

    public PackedAdapter(LowRankAdapter adapter, NetworkWeights weights)
    {
        foreach (var layer in weights.Layers)
            foreach (var linear in (Linear[])[layer.Qkv, layer.Output, layer.GateUp, layer.Down]) Add(adapter, linear);
    }

    /// <summary>A pair, or null, for each part of the product; null where the adapter changes none of them.</summary>
    public PackedPair?[]? Find(Linear linear) => pairs.GetValueOrDefault(linear);

    public void Dispose() => memory.Dispose();

    void Add(LowRankAdapter adapter, Linear linear)
    {
        // A checkpoint's tensor may hold several projections; its adapter's Up then has the rows of all.
        var found = Array.ConvertAll(linear.Parts, part => adapter.Pairs.TryGetValue(part.Module, out var pair)
            ? new PackedPair(Pack(pair.Down, 0, pair.Rank, pair.Inputs), Pack(pair.Up, part.FirstRow, part.Outputs, pair.Rank)) : null);
        if (found.Any(pair => pair is not null)) pairs.Add(linear, found);
    }

    unsafe PackedMatrix Pack(float[] values, int firstRow, int rows, int columns)
    {
        var matrix = new PackedMatrix(memory, WeightFormat.F32, rows, columns);
        var padded = new float[matrix.Blocks * WeightLayout.BlockColumns];
        for (var row = 0; row < rows; row++)
        {
            values.AsSpan((firstRow + row) * columns, columns).CopyTo(padded);
            var (group, within) = Math.DivRem(row, WeightLayout.GroupRows);
            for (var b = 0; b < matrix.Blocks; b++)
                BlockPacking.Write(WeightFormat.F32, matrix.Group(group) + (long)b * WeightFormat.F32.BlockBytes(), within,
                    padded.AsSpan(b * WeightLayout.BlockColumns, WeightLayout.BlockColumns));
        }
        return matrix;
    }
}
