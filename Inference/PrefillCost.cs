// Estimates the cost of prompt tokens in multiplications, from the network's description and the tokens they attend to. StepPace learns the
// time that a multiplication takes.
using Majlis.Model;

namespace Majlis.Inference;

public sealed class PrefillCost
{
    // Larger chunks are multiples of this: a small change of size is not worth matrix products of a new shape.
    const int Step = 16;

    readonly double perToken;
    readonly (int? Window, double PerPair)[] layers;

    public PrefillCost(Blueprint blueprint)
    {
        perToken = blueprint.Layers.Sum(layer => Size(layer.Attention.Query) + Size(layer.Attention.Key) + Size(layer.Attention.Value)
            + Size(layer.Attention.Output) + Size(layer.Mlp.Gate) + Size(layer.Mlp.Up) + Size(layer.Mlp.Down));
        layers = [.. blueprint.Layers.GroupBy(layer => layer.Attention.Window)
            .Select(group => (group.Key, group.Sum(layer => 2.0 * layer.Attention.Heads * layer.Attention.HeadDim)))];

        static double Size(Projection? projection) => projection is null ? 0 : (double)projection.Inputs * projection.Outputs;
    }

    /// <summary>The cost of <paramref name="count"/> tokens after <paramref name="cached"/> others.</summary>
    public double Of(int count, int cached) => count * (perToken + layers.Sum(layer =>
        layer.PerPair * Math.Min(layer.Window ?? double.PositiveInfinity, cached + count / 2.0)));

    /// <summary>
    /// The most tokens that cost at most <paramref name="cost"/> after <paramref name="cached"/> others; from sixteen on in multiples of
    /// that.
    /// </summary>
    public int Tokens(double cost, int cached, int most)
    {
        if (Of(most, cached) <= cost) return most;
        var (low, high) = (0, most);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (Of(middle, cached) <= cost) low = middle;
            else high = middle - 1;
        }
        return low < Step ? low : low - low % Step;
    }
}
