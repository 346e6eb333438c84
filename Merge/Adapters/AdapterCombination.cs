// One adapter from several, as peft's add_weighted_adapter combines them. With `linear`, `ties` and `magnitude_prune` the factors are
// combined each for themselves, so the result's change is not the sum of theirs; `cat` is exactly the sum, the `svd` kinds its best part of
// a rank. Knows no model and no files but adapters'.
using System.Collections.Immutable;
using Majlis.Model;
using Majlis.Torch;

namespace Majlis.Merge.Adapters;

/// <param name="Type">One of <see cref="Types"/>.</param>
/// <param name="Weights">One for each adapter.</param>
/// <param name="Density">The share of elements that ties and magnitude_prune keep.</param>
/// <param name="Rank">Of the svd kinds; null is the largest of the adapters.</param>
/// <param name="ByCount">Signs are elected by how many have them, not by their sum.</param>
sealed record CombinationOptions(
    string Type, IReadOnlyList<double> Weights, double Density = 1, int? Rank = null, bool ByCount = false)
{
    public static ImmutableArray<string> Types { get; } =
        ["linear", "cat", "svd", "ties", "ties_svd", "magnitude_prune", "magnitude_prune_svd"];

    public bool IsSingular => Type.EndsWith("svd", StringComparison.Ordinal);
}

static class AdapterCombination
{
    /// <summary>Writes the combined adapter into a new folder, which appears whole or not at all; gives its rank.</summary>
    /// <exception cref="MergeRecipeException">An adapter cannot be combined, or not in this way.</exception>
    public static int Run(IReadOnlyList<string> folders, string output, CombinationOptions options)
    {
        Merger.CheckOutput(output);
        var adapters = folders.Select(PlainAdapter.Read).ToArray();
        var ranks = adapters.SelectMany(adapter => adapter.Modules.Values.Select(module => module.Rank)).Distinct().ToArray();
        if (options.Type != "cat" && !options.IsSingular && ranks.Length > 1)
            throw new MergeRecipeException($"{options.Type} needs modules of one rank; here are {string.Join(", ", ranks.Order())}. "
                + "cat and the svd kinds take any");
        var rank = options.Type == "cat" ? adapters.Sum(LargestRank)
            : options.IsSingular ? options.Rank ?? ranks.Max() : ranks[0];
        var parts = adapters.SelectMany(adapter => adapter.Modules.Keys).Distinct().Order(StringComparer.Ordinal)
            .Select(module => Combine(module, adapters, options, rank)).ToArray();
        DurableFiles.Create(output, folder => AdapterWriter.Write(folder, adapters[0].Model, rank, parts, []));
        return rank;
    }

    /// <summary>A pattern may give a module more than the adapter's own rank.</summary>
    static int LargestRank(PlainAdapter adapter) => adapter.Modules.Values.Select(module => module.Rank).Append(adapter.Rank).Max();

    static AdapterFactorPair Combine(string module, PlainAdapter[] adapters, CombinationOptions options, int rank)
    {
        var own = adapters.Zip(options.Weights).Where(adapter => adapter.First.Modules.ContainsKey(module))
            .Select(adapter => (Factors: adapter.First.Modules[module], Weight: adapter.Second)).ToArray();
        var (rows, columns) = (own[0].Factors.Rows, own[0].Factors.Columns);
        if (own.FirstOrDefault(other => (other.Factors.Rows, other.Factors.Columns) != (rows, columns)) is { Factors: not null })
            throw new MergeRecipeException($"{module} has different shapes in the adapters: they belong to different models");
        if (options.Type == "cat") return Joined(module, own, rank);
        if (options.IsSingular)
        {
            var sum = Mix([.. own.Select(each => each.Factors.Change())], [.. own.Select(each => each.Weight)], options);
            var most = Math.Min(rank, Math.Min(rows, columns));
            var (us, vt) = Factorization.LargestSingularParts(sum, rows, columns, most);
            return new AdapterFactorPair(module, most, Singles(vt), Singles(us));
        }
        // Each factor gets the root; the sign goes to A.
        double[] roots = [.. own.Select(each => Math.Sqrt(Math.Abs(each.Weight * each.Factors.Scale)))];
        double[] signed = [.. own.Zip(roots, (each, root) => each.Weight * each.Factors.Scale < 0 ? -root : root)];
        return new AdapterFactorPair(module, rank, Singles(Mix([.. own.Select(each => each.Factors.A)], signed, options)),
            Singles(Mix([.. own.Select(each => each.Factors.B)], roots, options)));
    }

    /// <summary>A one below the other, with weight and scale, and B side by side; zeros fill up the rank.</summary>
    static AdapterFactorPair Joined(string module, (PlainModule Factors, double Weight)[] own, int rank)
    {
        var (rows, columns) = (own[0].Factors.Rows, own[0].Factors.Columns);
        var (a, b, at) = (new float[rank * columns], new float[rows * rank], 0);
        foreach (var (factors, weight) in own)
        {
            for (var i = 0; i < factors.A.Length; i++) a[at * columns + i] = (float)(weight * factors.Scale * factors.A[i]);
            for (var i = 0; i < factors.B.Length; i++) b[i / factors.Rank * rank + at + i % factors.Rank] = (float)factors.B[i];
            at += factors.Rank;
        }
        return new AdapterFactorPair(module, rank, a, b);
    }

    static double[] Mix(double[][] tensors, double[] weights, CombinationOptions options)
    {
        if (options.Type.StartsWith("ties", StringComparison.Ordinal) || options.Type.StartsWith("magnitude", StringComparison.Ordinal))
            foreach (var tensor in tensors) Prune(tensor, options.Density);
        var mixed = new double[tensors[0].Length];
        for (var i = 0; i < mixed.Length; i++)
            if (options.Type.StartsWith("ties", StringComparison.Ordinal)) mixed[i] = Elected(tensors, weights, i, options.ByCount);
            else
                for (var each = 0; each < tensors.Length; each++) mixed[i] += weights[each] * tensors[each][i];
        return mixed;
    }

    /// <summary>The mean of the weighted elements whose sign is that of the unweighted sum; 0 counts as positive.</summary>
    static double Elected(double[][] tensors, double[] weights, int i, bool byCount)
    {
        var election = tensors.Sum(tensor => byCount ? Math.Sign(tensor[i]) : tensor[i]);
        var sign = election >= 0 ? 1 : -1;
        var (sum, count) = (0.0, 0);
        for (var each = 0; each < tensors.Length; each++)
        {
            if (Math.Sign(tensors[each][i]) != sign) continue;
            sum += weights[each] * tensors[each][i];
            count++;
        }
        return sum / Math.Max(1, count);
    }

    /// <summary>Keeps the largest elements by magnitude; equal ones are ordered by their place.</summary>
    static void Prune(double[] tensor, double density)
    {
        var dropped = tensor.Length - (int)(density * tensor.Length);
        foreach (var i in Enumerable.Range(0, tensor.Length).OrderBy(i => Math.Abs(tensor[i])).Take(dropped)) tensor[i] = 0;
    }

    static float[] Singles(double[] values) => Array.ConvertAll(values, value => (float)value);
}
