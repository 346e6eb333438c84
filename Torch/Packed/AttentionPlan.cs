// What one layer's packed attention needs besides its queries, keys and values: where sequences lie, angles, scale, window, cap.
namespace Majlis.Torch.Packed;

/// <param name="Forks">The sequences' rows.</param>
/// <param name="Heads">H query heads.</param>
/// <param name="KeyValueHeads">K, each read by H / K query heads.</param>
/// <param name="HeadDim">D elements.</param>
/// <param name="Scale">Of the scores.</param>
/// <param name="Window">w: a query sees the keys q-w+1 .. q.</param>
/// <param name="Cap">Scores become c tanh(score / c).</param>
/// <param name="Rotation">Null where the layer has no positions.</param>
sealed record AttentionPlan(IReadOnlyList<TokenFork> Forks, int Heads, int KeyValueHeads, int HeadDim, float Scale,
    int? Window, float? Cap, HeadRotation? Rotation)
{
    /// <summary>The first of a fork's rows whose key the query of its row <paramref name="t"/> sees.</summary>
    public int FirstKey(TokenFork fork, int t)
    {
        if (Window is not { } window) return 0;
        var position = Math.Max(0, fork.Position(t) - window + 1);
        return t < fork.Second ? position : fork.SecondRow(position);
    }

    /// <summary>Runs <paramref name="work"/> for every fork and key head, on as many threads as the library uses.</summary>
    public void ForEach(Action<TokenFork, int> work) => Parallel.For(0, Forks.Count * KeyValueHeads,
        new ParallelOptions { MaxDegreeOfParallelism = TorchSharp.torch.get_num_threads() },
        index => work(Forks[index / KeyValueHeads], index % KeyValueHeads));
}

/// <summary>
/// Angles of positions 0, 1, ...: cos and sin [L, R], the sine with the rotation's sign. Elements i and i + R/2 turn together, or
/// neighbours.
/// </summary>
sealed record HeadRotation(float[] Cos, float[] Sin, int Rotated, bool Halves)
{
    public void Turn(Span<float> x, int position, bool back = false)
    {
        var (at, pairs) = (position * Rotated, Rotated / 2);
        for (var pair = 0; pair < pairs; pair++)
        {
            var (i, j) = Halves ? (pair, pair + pairs) : (2 * pair, 2 * pair + 1);
            var (a, b, si, sj) = (x[i], x[j], Sin[at + i], Sin[at + j]);
            if (back) (si, sj) = (sj, si);
            (x[i], x[j]) = (a * Cos[at + i] + b * si, b * Cos[at + j] + a * sj);
        }
    }
}
