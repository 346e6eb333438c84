// Cosine and sine tables of a network's rotations, grown as longer sequences come, and turning by them.
using Majlis.Model;
using TorchSharp;
using static TorchSharp.torch;

namespace Majlis.Torch;

/// <param name="length">The context length that scalings which look at it are set for: one table for all sequences, whatever their
/// length.</param>
/// <param name="device">Where the tables lie.</param>
sealed class RotaryTables(int length, Device device) : IDisposable
{
    readonly Dictionary<Rotary, (Tensor Cos, Tensor Sin)> tables = [];

    // The rows of the step in progress; layers of one rotation share them.
    readonly Dictionary<Rotary, (Tensor Cos, Tensor Sin)> rows = [];
    Tensor? positionsOfRows;

    /// <summary>x [N, heads, D] turned by its rows' positions [N].</summary>
    public Tensor Turn(Tensor x, Rotary rotary, Tensor positions)
    {
        var (cos, sin) = Rows(rotary, positions);
        if (cos.shape[^1] != x.shape[^1]) return Pieces.Rotate(x, cos, sin, rotary.Style);
        return rotary.Style == RotaryStyle.HalfSplit ? Kernels.RotateHalves(x, cos, sin) : Kernels.RotateNeighbours(x, cos, sin);
    }

    // cos and sin [N, 1, R]
    (Tensor Cos, Tensor Sin) Rows(Rotary rotary, Tensor positions)
    {
        if (!ReferenceEquals(positions, positionsOfRows)) Forget();
        positionsOfRows = positions;
        if (rows.TryGetValue(rotary, out var known)) return known;
        using var scope = NewDisposeScope();
        var (cos, sin) = Table(rotary, (int)positions.max().item<long>());
        var (c, s) = (cos.index_select(0, positions).unsqueeze(1), sin.index_select(0, positions).unsqueeze(1));
        return rows[rotary] = (c.DetachFromDisposeScope(), s.DetachFromDisposeScope());
    }

    (Tensor Cos, Tensor Sin) Table(Rotary rotary, int last)
    {
        if (tables.TryGetValue(rotary, out var table) && table.Cos.shape[0] > last) return table;
        table.Cos?.Dispose();
        table.Sin?.Dispose();
        var size = Math.Max(1024, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)last + 1));
        var (cos, sin) = RotaryTable.Angles(rotary, Numbers.Count(0, size, device), length);
        return tables[rotary] = (cos.DetachFromDisposeScope(), sin.DetachFromDisposeScope());
    }

    void Forget()
    {
        Drop(rows);
        positionsOfRows = null;
    }

    public void Dispose()
    {
        Forget();
        Drop(tables);
    }

    static void Drop(Dictionary<Rotary, (Tensor Cos, Tensor Sin)> pairs)
    {
        foreach (var (cos, sin) in pairs.Values)
        {
            cos.Dispose();
            sin.Dispose();
        }
        pairs.Clear();
    }
}
