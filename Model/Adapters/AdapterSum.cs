// Several adapters as one: factors side by side. Exact; computes no product.
namespace Majlis.Model.Adapters;

public static class AdapterSum
{
    /// <summary>
    /// The adapter whose product is the weighted sum of the parts' products, module by module: Down is [ranks of all, inputs], Up
    /// [outputs, ranks of all].
    /// </summary>
    public static LowRankAdapter Of(IReadOnlyList<(LowRankAdapter Adapter, double Weight)> parts)
    {
        var modules = parts.SelectMany(part => part.Adapter.Pairs.Keys).Distinct(StringComparer.Ordinal);
        return new(modules.ToDictionary(module => module, module => Sum([.. parts
            .Where(part => part.Adapter.Pairs.ContainsKey(module)).Select(part => (part.Adapter.Pairs[module], part.Weight))]),
            StringComparer.Ordinal));
    }

    static LowRankPair Sum((LowRankPair Pair, double Weight)[] parts)
    {
        var (inputs, outputs, rank) = (parts[0].Pair.Inputs, parts[0].Pair.Outputs, parts.Sum(part => part.Pair.Rank));
        var up = new float[outputs * rank];
        var first = 0;
        foreach (var (pair, weight) in parts)
        {
            for (var row = 0; row < outputs; row++)
                for (var r = 0; r < pair.Rank; r++) up[row * rank + first + r] = (float)(weight * pair.Up[row * pair.Rank + r]);
            first += pair.Rank;
        }
        return new(rank, inputs, outputs, [.. parts.SelectMany(part => part.Pair.Down)], up);
    }
}
