// What sequences' adapters add to a product, in fp32: a few tokens of one adapter at a time, so a row's bits depend on its own sequence
// alone.
using Majlis.Cpu.Kernels;
using Majlis.Cpu.Threads;
using Majlis.Cpu.Weights;
using Majlis.Model;

namespace Majlis.Cpu.Adapters;

sealed unsafe class AdapterPhase(Team team) : IDisposable
{
    readonly Scratch[] scratch = [.. Enumerable.Range(0, team.Members).Select(_ => new Scratch())];
    readonly List<Tile> tiles = [];

    /// <summary>Whether any of the step's tokens has an adapter.</summary>
    public bool IsNeeded => tiles.Count > 0;

    /// <exception cref="ArgumentException">A sequence names an adapter that is not there.</exception>
    public void Prepare(ForwardBatch batch, IReadOnlyDictionary<int, PackedAdapter> adapters)
    {
        tiles.Clear();
        foreach (var span in batch.Spans)
        {
            if (span.Adapter < 0) continue;
            if (!adapters.TryGetValue(span.Adapter, out var adapter)) throw new ArgumentException($"There is no adapter {span.Adapter}.");
            Add(adapter, span.Start, span.Start + span.Count);
        }
    }

    /// <summary>Adds to <paramref name="to"/> what adapters make of the product's inputs. Ends without a barrier.</summary>
    public void Run(int member, Linear linear, FloatRows inputs, FloatRows to)
    {
        var parts = linear.Parts.Length;
        while (team.TryClaim(tiles.Count * parts, out var item))
        {
            var tile = tiles[item / parts];
            if (tile.Adapter.Find(linear)?[item % parts] is { } pair)
                scratch[member].Add(pair, tile, inputs, to, linear.Offsets[item % parts]);
        }
    }

    public void Dispose()
    {
        foreach (var one in scratch) one.Dispose();
    }

    // Tokens of one adapter that follow each other share a tile, whosever they are.
    void Add(PackedAdapter adapter, int first, int end)
    {
        if (tiles.Count > 0 && tiles[^1] is { Count: < PackedRows.TileRows } last && last.Adapter == adapter
            && last.First + last.Count == first)
        {
            var more = Math.Min(end - first, PackedRows.TileRows - last.Count);
            tiles[^1] = last with { Count = last.Count + more };
            first += more;
        }
        for (; first < end; first += PackedRows.TileRows) tiles.Add(new(adapter, first, Math.Min(PackedRows.TileRows, end - first)));
    }

    readonly record struct Tile(PackedAdapter Adapter, int First, int Count);

    sealed class Scratch : IDisposable
    {
        readonly PackedRows packed = new();
        readonly FloatRows narrow = new();
        readonly FloatRows wide = new();

        public void Add(PackedPair pair, Tile tile, FloatRows inputs, FloatRows to, int offset)
        {
            Multiply(pair.Down, inputs, tile.First, tile.Count, narrow);
            Multiply(pair.Up, narrow, 0, tile.Count, wide);
            for (var i = 0; i < tile.Count; i++) Norms.Add(to.Row(tile.First + i) + offset, wide.Row(i), pair.Up.Rows);
        }

        public void Dispose()
        {
            packed.Dispose();
            narrow.Dispose();
            wide.Dispose();
        }

        void Multiply(PackedMatrix matrix, FloatRows from, int first, int count, FloatRows y)
        {
            packed.Shape(count, matrix.Columns, integers: false, floats: true);
            for (var i = 0; i < count; i++) RowPacking.Pack(packed, i, from.Row(first + i), matrix.Columns);
            y.Shape(count, matrix.Groups * WeightLayout.GroupRows);
            Products.Best.Multiply(matrix, 0, matrix.Groups, packed, 0, 1, y.Row(0), y.Stride);
        }
    }
}
