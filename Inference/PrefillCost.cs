// What reading prompt tokens costs beside what they see, in multiplications, by a network's description. How long one takes is measured
// elsewhere.
using Majlis.Model;

namespace Majlis.Inference;

public sealed class PrefillCost
{
    // Small changes of a step's size are not worth the products of new shapes that they bring.
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

    /// <summary><paramref name="count"/> tokens after <paramref name="cached"/> others.</summary>
    public double Of(int count, int cached) => count * (perToken + layers.Sum(layer =>
        layer.PerPair * Math.Min(layer.Window ?? double.PositiveInfinity, cached + count / 2.0)));

    /// <summary>The most tokens, by sixteens, that cost no more than that after <paramref name="cached"/> others.</summary>
    public int Tokens(double cost, int cached, int most)
    {
        if (Of(most, cached) <= cost) return most;
        var (low, high) = (0, most / Step);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (Of(middle * Step, cached) <= cost) low = middle;
            else high = middle - 1;
        }
        return low * Step;
    }
}
