// An adapter from two full models: the difference of each matrix, cut to its largest singular parts (Eckart and Young), and what is lost.
// Knows nothing of recipes or of peft's files.
using System.Collections.Immutable;
using Majlis.Model;
using Majlis.Torch;

namespace Majlis.Merge.Adapters;

/// <summary>A module's rank, the length (Frobenius) of its change, and of what the adapter loses of it.</summary>
sealed record ExtractedPart(string Module, int Rank, double Length, double Error);

/// <param name="Parts">The adapted modules.</param>
/// <param name="LeftOut">Tensors that changed and are not in the adapter.</param>
sealed record ExtractionReport(ImmutableArray<ExtractedPart> Parts, ImmutableArray<string> LeftOut)
{
    /// <summary>Lost length over the length of all changes.</summary>
    public double Error => Math.Sqrt(Parts.Sum(part => part.Error * part.Error)
        / Math.Max(double.Epsilon, Parts.Sum(part => part.Length * part.Length)));
}

static class AdapterExtraction
{
    /// <summary>Writes the adapter into a new folder, which appears whole or not at all.</summary>
    /// <exception cref="MergeRecipeException">The models are different networks, or do not differ.</exception>
    public static ExtractionReport Run(string origin, string tuned, string output, int rank, bool whole, IProgress<string> progress)
    {
        Merger.CheckOutput(output);
        using var left = MergeInput.Open(origin, "", loadAs: null);
        using var right = MergeInput.Open(tuned, "", loadAs: null);
        InputComparison.Check([left, right], joins: false);
        CheckTensors(left, right);
        var (parts, factors) = (new List<ExtractedPart>(), new List<AdapterFactorPair>());
        var (saved, leftOut) = (new List<(TensorInfo Tensor, Func<float[]> Values)>(), new List<string>());
        var changed = left.Tensors.Values.OrderBy(tensor => tensor.Name, StringComparer.Ordinal).ToArray();
        foreach (var (number, tensor) in changed.Index())
        {
            progress.Report($"{number} of {changed.Length} tensors");
            if (Difference(left, right, tensor) is not { } difference) continue;
            if (IsAdapted(tensor))
            {
                var (part, pair) = Factor(tensor, difference, rank);
                parts.Add(part);
                factors.Add(pair);
            }
            else if (whole) saved.Add((right.Tensors[tensor.Name], () => Values(right, tensor.Name)));
            else leftOut.Add(tensor.Name);
        }
        if (parts.Count == 0 && saved.Count == 0)
            throw new MergeRecipeException($"{origin} and {tuned} have no matrix in a layer that differs");
        // peft adapts no module that it keeps whole: one whose bias changed is kept with its matrix.
        var kept = saved.Select(each => AdapterWriter.ModuleOf(each.Tensor)).Intersect(parts.Select(part => part.Module)).ToArray();
        parts.RemoveAll(part => kept.Contains(part.Module));
        factors.RemoveAll(pair => kept.Contains(pair.Module));
        saved.AddRange(kept.Select(module => $"{module}.weight").Select(name =>
            (right.Tensors[name], (Func<float[]>)(() => Values(right, name)))));
        DurableFiles.Create(output, folder => AdapterWriter.Write(folder, left.Name, rank, factors, saved));
        return new ExtractionReport([.. parts], [.. leftOut]);
    }

    static float[] Values(MergeInput input, string name)
    {
        var values = new double[input.Tensors[name].Elements];
        input.Read(name, 0, values);
        return Array.ConvertAll(values, value => (float)value);
    }

    /// <summary>The matrices of layers.</summary>
    static bool IsAdapted(TensorInfo tensor) => MergeInput.LayerOf(tensor.Name) >= 0 && tensor.Shape.Length == 2
        && tensor.Name.EndsWith(".weight", StringComparison.Ordinal);

    static void CheckTensors(MergeInput left, MergeInput right)
    {
        foreach (var (one, other) in new[] { (left, right), (right, left) })
            foreach (var (name, tensor) in one.Tensors)
                if (!other.Tensors.TryGetValue(name, out var same) || !same.Shape.SequenceEqual(tensor.Shape))
                    throw new MergeRecipeException(
                        $"{other.Name} has no tensor {name} of shape [{string.Join(", ", tensor.Shape)}], as {one.Name} has");
    }

    /// <summary>Null where nothing changed.</summary>
    static double[]? Difference(MergeInput left, MergeInput right, TensorInfo tensor)
    {
        var (before, after) = (new double[tensor.Elements], new double[tensor.Elements]);
        left.Read(tensor.Name, 0, before);
        right.Read(tensor.Name, 0, after);
        for (var i = 0; i < after.Length; i++) after[i] -= before[i];
        if (Array.FindIndex(after, value => !double.IsFinite(value)) is >= 0 and var bad)
            throw new MergeRecipeException($"{tensor.Name}: element {bad} is not finite in {left.Name} or {right.Name}");
        return after.Any(value => value != 0) ? after : null;
    }

    /// <summary>B = U sqrt(S) and A = sqrt(S) V^T, so that both have the same size, in fp32; the error is that of these.</summary>
    static (ExtractedPart Part, AdapterFactorPair Factors) Factor(TensorInfo tensor, double[] difference, int rank)
    {
        var (rows, columns) = ((int)tensor.Shape[0], (int)tensor.Shape[1]);
        rank = Math.Min(rank, Math.Min(rows, columns));
        var (us, vt) = Factorization.LargestSingularParts(difference, rows, columns, rank);
        var (b, a) = (new float[us.Length], new float[vt.Length]);
        for (var part = 0; part < rank; part++)
        {
            var length = 0.0;
            for (var row = 0; row < rows; row++) length += us[row * rank + part] * us[row * rank + part];
            var root = Math.Sqrt(Math.Sqrt(length));
            for (var row = 0; row < rows; row++) b[row * rank + part] = root > 0 ? (float)(us[row * rank + part] / root) : 0;
            for (var column = 0; column < columns; column++) a[part * columns + column] = (float)(root * vt[part * columns + column]);
        }
        var total = Math.Sqrt(difference.Sum(value => value * value));
        new LowRankSum(Array.ConvertAll(b, value => (double)value), Array.ConvertAll(a, value => (double)value), columns, -1)
            .AddTo(0, difference);
        var lost = Math.Sqrt(difference.Sum(value => value * value));
        var module = tensor.Name[..^".weight".Length];
        return (new ExtractedPart(module, rank, total, lost), new AdapterFactorPair(module, rank, a, b));
    }
}
