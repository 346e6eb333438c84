// SCE (https://arxiv.org/abs/2408.07990): keeps the elements in which the task vectors vary most, weighs each task vector by its mean
// square, and averages the elements that have the sign of the sum.
using System.Collections.Immutable;
using Majlis.Merge.Arithmetic;

namespace Majlis.Merge.Methods;

public sealed class Sce : IMergeMethod
{
    /// <summary>Mean squares that sum to less count as equal, and weights that sum to less divide by this, as in mergekit.</summary>
    const double TooSmall = 1e-6;

    public string Name => "sce";

    public bool BaseIsOrigin => true;

    public ImmutableArray<MergeParameter> Parameters { get; } =
    [
        new("select_topk", PerModel: false, Default: 1, Minimum: 0, Maximum: 1) { ExcludesMinimum = true },
        // How mergekit stores its masks, which are not stored here.
        new("int8_mask", PerModel: false, Default: 0, IsFlag: true),
    ];

    public string? Complaint(TensorTask tensor) => tensor.Base < 0 ? "sce needs base_model: what the deltas are taken from" : null;

    public void Merge(TensorTask tensor, Action<ReadOnlySpan<double>> write)
    {
        var chunks = new DeltaChunks(tensor);
        var least = tensor.Shared("select_topk") < 1 ? Selection(tensor, chunks) : null;
        var weights = Weights(tensor, chunks, least);
        var equals = 0L;
        foreach (var (_, length) in chunks.Walk())
        {
            for (var i = 0; i < length; i++)
                if (IsSelected(chunks.Deltas, i, least, ref equals)) chunks.Origin[i] += Change(chunks.Deltas, weights, i);
            write(chunks.Origin.AsSpan(0, length));
        }
    }

    static double Change(double[][] deltas, double[] weights, int i)
    {
        var total = 0.0;
        foreach (var delta in deltas) total += delta[i];
        var (sum, share) = (0.0, 0.0);
        for (var expert = 0; expert < deltas.Length; expert++)
        {
            var delta = deltas[expert][i];
            if (total >= 0 ? delta <= 0 : delta >= 0) continue;
            sum += weights[expert] * delta;
            share += weights[expert];
        }
        return sum / Math.Max(share, TooSmall);
    }

    /// <summary>The least variance that is selected, and how many of the elements that have exactly it are not.</summary>
    static Least? Selection(TensorTask tensor, DeltaChunks chunks)
    {
        var (variances, zeros) = (new float[tensor.ChunkLength], 0L);
        void Walk(Action<ReadOnlySpan<float>> visit)
        {
            zeros = 0;
            foreach (var (_, length) in chunks.Walk())
            {
                for (var i = 0; i < length; i++)
                {
                    variances[i] = Variance(chunks.Deltas, i);
                    if (variances[i] == 0) zeros++;
                }
                visit(variances.AsSpan(0, length));
            }
        }
        Walk(_ => { });
        var kept = (long)((tensor.Elements - zeros) * tensor.Shared("select_topk"));
        if (kept == 0) return new Least(float.PositiveInfinity, 0);
        var rank = tensor.Elements - kept;
        var found = RankSearch.Find(Walk, rank)[0];
        return new Least(found.Value, rank - found.Below);
    }

    static float Variance(double[][] deltas, int i)
    {
        var mean = 0.0;
        foreach (var delta in deltas) mean += delta[i];
        mean /= deltas.Length;
        var squares = 0.0;
        foreach (var delta in deltas) squares += (delta[i] - mean) * (delta[i] - mean);
        return (float)(squares / deltas.Length);
    }

    static bool IsSelected(double[][] deltas, int i, Least? least, ref long equals)
    {
        if (least is null) return true;
        var variance = Variance(deltas, i);
        return variance > least.Variance || variance == least.Variance && equals++ >= least.Skipped;
    }

    static double[] Weights(TensorTask tensor, DeltaChunks chunks, Least? least)
    {
        var (squares, equals) = (new double[chunks.Deltas.Length], 0L);
        foreach (var (_, length) in chunks.Walk())
            for (var i = 0; i < length; i++)
            {
                if (!IsSelected(chunks.Deltas, i, least, ref equals)) continue;
                for (var expert = 0; expert < squares.Length; expert++)
                    squares[expert] += chunks.Deltas[expert][i] * chunks.Deltas[expert][i];
            }
        var sum = squares.Sum() / tensor.Elements;
        return [.. squares.Select(each => sum < TooSmall ? 1.0 / squares.Length : each / tensor.Elements / sum)];
    }

    sealed record Least(float Variance, long Skipped);
}
