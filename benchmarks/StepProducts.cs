// The products with weights of one training step, each run alone at its real shape: the least time that a step can take here. Attention's
// own products are left out.
using System.Diagnostics;
using Majlis.Model;
using static TorchSharp.torch;

namespace Majlis.benchmarks;

/// <param name="network">Whose step it is.</param>
/// <param name="type">Of products with the base's weights; an adapter's are fp32.</param>
/// <param name="rank">Of the adapter on all layers; null where all weights are trained.</param>
sealed class StepProducts(Blueprint network, ScalarType type, int? rank)
{
    const int Tries = 3;

    readonly Dictionary<(long, long, long, ScalarType), double> known = [];

    /// <param name="rows">Tokens of the step.</param>
    /// <param name="scored">Of these go through the head.</param>
    public double Seconds(long rows, long scored)
    {
        using var still = no_grad();
        var seconds = 0.0;
        foreach (var (index, layer) in network.Layers.Index())
        {
            var (a, mlp) = (layer.Attention, layer.Mlp);
            // Nothing before the first layer is trained with an adapter, so its inputs need no gradient.
            foreach (var projection in new[] { a.Query, a.Key, a.Value })
                seconds += Projection(rows, projection, ofInputs: index > 0 || rank is null);
            foreach (var projection in new[] { a.Output, mlp.Gate, mlp.Up, mlp.Down }.OfType<Projection>())
                seconds += Projection(rows, projection, ofInputs: true);
        }
        return seconds + Whole(scored, network.Head!, ofInputs: true, ofWeights: rank is null);
    }

    double Projection(long rows, Projection projection, bool ofInputs)
    {
        var seconds = Whole(rows, projection, ofInputs, ofWeights: rank is null);
        if (rank is not { } r) return seconds;
        var (inputs, outputs) = (projection.Inputs, projection.Outputs);
        // x A', h B'; their gradients: h from B, B, A, and x from A.
        return seconds + Product(rows, inputs, r, ScalarType.Float32) + Product(rows, r, outputs, ScalarType.Float32)
            + Product(rows, outputs, r, ScalarType.Float32) + Product(outputs, rows, r, ScalarType.Float32)
            + Product(r, rows, inputs, ScalarType.Float32) + (ofInputs ? Product(rows, r, inputs, ScalarType.Float32) : 0);
    }

    double Whole(long rows, Projection projection, bool ofInputs, bool ofWeights) =>
        Product(rows, projection.Inputs, projection.Outputs, type)
        + (ofInputs ? Product(rows, projection.Outputs, projection.Inputs, type) : 0)
        + (ofWeights ? Product(projection.Outputs, rows, projection.Inputs, type) : 0);

    /// <summary>The median time of [m, k] x [k, n].</summary>
    double Product(long m, long k, long n, ScalarType of)
    {
        if (known.TryGetValue((m, k, n, of), out var seconds)) return seconds;
        using var scope = NewDisposeScope();
        var (x, y) = (ones([m, k], of), ones([n, k], of));
        x.matmul(y.t()).Dispose(); // compiles it
        var times = Enumerable.Range(0, Tries).Select(_ =>
        {
            var start = Stopwatch.GetTimestamp();
            x.matmul(y.t()).Dispose();
            return Stopwatch.GetElapsedTime(start).TotalSeconds;
        }).Order().ToArray();
        return known[(m, k, n, of)] = times[Tries / 2];
    }
}
