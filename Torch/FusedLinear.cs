// Several projections of the same input as one product, plus the deltas of the adapters that rows ask for.
using Majlis.Model;
using Majlis.Model.Adapters;
using static TorchSharp.torch;

namespace Majlis.Torch;

sealed class FusedLinear : IDisposable
{
    readonly Projection[] parts;
    readonly Tensor weight;
    readonly Tensor? bias;
    readonly bool ownsWeight = true;

    /// <summary>Loads the rows of all parts into one matrix.</summary>
    public FusedLinear(IWeightSource source, LargeBlocks memory, params Projection[] parts)
    {
        this.parts = parts;
        weight = WeightLoader.LoadRows(source, parts, memory).DetachFromDisposeScope();
        bias = WeightLoader.LoadBiases(source, parts, memory.DType, memory.Device)?.DetachFromDisposeScope();
    }

    /// <summary>A tied head: the embedding's own tensor.</summary>
    public FusedLinear(Projection part, Tensor shared) => (parts, weight, ownsWeight) = ([part], shared, false);

    /// <summary>x [N, Inputs] to [N, sum of Outputs].</summary>
    public Tensor Apply(Tensor x, IReadOnlyList<AdapterRows> adapters)
    {
        var y = nn.functional.linear(x, weight, bias);
        foreach (var rows in adapters) Add(x, y, rows);
        return y;
    }

    void Add(Tensor x, Tensor y, AdapterRows rows)
    {
        var at = 0;
        foreach (var part in parts)
        {
            if (rows.Adapter.Delta(x.narrow(0, rows.Start, rows.Count), part) is { } delta)
                y.narrow(0, rows.Start, rows.Count).narrow(1, at, part.Outputs).PlusInPlace(delta);
            at += part.Outputs;
        }
    }

    public void Dispose()
    {
        if (ownsWeight) weight.Dispose();
        bias?.Dispose();
    }
}

/// <summary>Rows Start .. Start + Count - 1 of a batch belong to sequences of one adapter.</summary>
readonly record struct AdapterRows(int Start, int Count, ServedAdapter Adapter);

/// <summary>A copy of an adapter for serving, in fp32.</summary>
sealed class ServedAdapter : IDisposable
{
    readonly Dictionary<string, (Tensor A, Tensor B)> pairs = [];

    public ServedAdapter(LowRankAdapter adapter, Device device)
    {
        using var scope = NewDisposeScope();
        foreach (var (module, pair) in adapter.Pairs)
            pairs[module] = (tensor(pair.Down, [pair.Rank, pair.Inputs], device: device).DetachFromDisposeScope(),
                tensor(pair.Up, [pair.Outputs, pair.Rank], device: device).DetachFromDisposeScope());
    }

    public Tensor? Delta(Tensor x, Projection part)
    {
        if (!pairs.TryGetValue(part.Module, out var pair)) return null;
        var b = part.Outputs == part.TensorRows ? pair.B : pair.B.narrow(0, part.FirstRow, part.Outputs);
        return nn.functional.linear(nn.functional.linear(x.to(ScalarType.Float32), pair.A), b);
    }

    public void Dispose()
    {
        foreach (var (a, b) in pairs.Values)
        {
            a.Dispose();
            b.Dispose();
        }
    }
}
