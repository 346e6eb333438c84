// Cosine and sine tables of a network's rotations, extended for longer sequences, and the rotation by them.
using Majlis.Model;
using static TorchSharp.torch;

namespace Majlis.Torch;

sealed class RotaryTables(Device device) : IDisposable
{
    readonly Dictionary<Rotary, (Tensor Cos, Tensor Sin)> tables = [];

    // The rows of the current step; layers with the same rotation share them.
    readonly Dictionary<Rotary, (Tensor Cos, Tensor Sin)> rows = [];
    StepPlan? planOfRows;

    /// <summary>x [N, heads, D] rotated by its rows' positions.</summary>
    public Tensor Turn(Tensor x, Rotary rotary, StepPlan plan)
    {
        var (cos, sin) = Rows(rotary, plan);
        if (cos.shape[^1] != x.shape[^1]) return LayerOperations.Rotate(x, cos, sin, rotary.Style);
        return rotary.Style == RotaryStyle.HalfSplit ? Kernels.RotateHalves(x, cos, sin) : Kernels.RotateNeighbours(x, cos, sin);
    }

    // cos and sin [N, 1, R]
    (Tensor Cos, Tensor Sin) Rows(Rotary rotary, StepPlan plan)
    {
        if (!ReferenceEquals(plan, planOfRows)) Forget();
        planOfRows = plan;
        if (rows.TryGetValue(rotary, out var known)) return known;
        using var scope = NewDisposeScope();
        var (cos, sin) = rotary.TableLength(0) == 0 ? Selected(rotary, plan.Positions) : OfEachLength(rotary, plan);
        return rows[rotary] = (cos.unsqueeze(1).DetachFromDisposeScope(), sin.unsqueeze(1).DetachFromDisposeScope());
    }

    (Tensor Cos, Tensor Sin) Selected(Rotary rotary, Tensor positions)
    {
        var (cos, sin) = Table(rotary, (int)positions.max().item<long>());
        return (cos.index_select(0, positions), sin.index_select(0, positions));
    }

    // As in transformers, the rotation depends on the sequence's length when a token came; keys of earlier tokens stay as they are.
    static (Tensor Cos, Tensor Sin) OfEachLength(Rotary rotary, StepPlan plan)
    {
        var (parts, lengths) = (new List<(Tensor Cos, Tensor Sin)>(), plan.Lengths.Select(rotary.TableLength).ToArray());
        for (int start = 0, end = 0; start < lengths.Length; start = end)
        {
            while (end < lengths.Length && lengths[end] == lengths[start]) end++;
            parts.Add(RotaryTable.Angles(rotary, plan.Positions.narrow(0, start, end - start), lengths[start]));
        }
        return (cat([.. parts.Select(part => part.Cos)], 0), cat([.. parts.Select(part => part.Sin)], 0));
    }

    (Tensor Cos, Tensor Sin) Table(Rotary rotary, int last)
    {
        if (tables.TryGetValue(rotary, out var table) && table.Cos.shape[0] > last) return table;
        table.Cos?.Dispose();
        table.Sin?.Dispose();
        var size = Math.Max(1024, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)last + 1));
        var (cos, sin) = RotaryTable.Angles(rotary, Numbers.Count(0, size, device), size);
        return tables[rotary] = (cos.DetachFromDisposeScope(), sin.DetachFromDisposeScope());
    }

    void Forget()
    {
        Drop(rows);
        planOfRows = null;
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
