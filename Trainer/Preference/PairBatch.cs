// Pairs as one padded batch: B chosen rows, then B rejected ones, padded on the right. [R, T], R = 2B.
using static TorchSharp.torch;

namespace Majlis.Trainer.Preference;

/// <summary>Token ids and masks of some pairs. Owns its tensors.</summary>
public sealed class PairBatch : IDisposable
{
    PairBatch(IReadOnlyList<TrainingPair> pairs, int pad)
    {
        Pairs = pairs;
        var rows = pairs.Select(pair => (pair.Prompt, Completion: pair.Chosen))
            .Concat(pairs.Select(pair => (pair.Prompt, Completion: pair.Rejected))).ToArray();
        var width = rows.Max(row => row.Prompt.Length + row.Completion.Length);
        var (tokens, mask, scored) = (new long[rows.Length * width], new long[rows.Length * width], new List<long>());
        Array.Fill(tokens, pad);
        for (var r = 0; r < rows.Length; r++)
        {
            var (prompt, completion) = rows[r];
            for (var t = 0; t < prompt.Length + completion.Length; t++)
            {
                tokens[r * width + t] = t < prompt.Length ? prompt[t] : completion[t - prompt.Length];
                mask[r * width + t] = 1;
                if (t >= prompt.Length) scored.Add(r * (width - 1) + t - 1);
            }
        }
        Tokens = tensor(tokens, rows.Length, width);
        Mask = tensor(mask, rows.Length, width);
        Scored = tensor(scored.ToArray());
        Labels = Tokens.narrow(1, 1, width - 1).reshape(-1).index_select(0, Scored);
        ChosenScored = scored.Count(position => position < pairs.Count * (width - 1));
        TokenCount = (int)mask.Sum();
        Width = width;
    }

    public IReadOnlyList<TrainingPair> Pairs { get; }

    /// <summary>T: tokens of the longest row.</summary>
    public int Width { get; }

    /// <summary>[R, T] ids.</summary>
    public Tensor Tokens { get; }

    /// <summary>[R, T] int64, 1 at real tokens.</summary>
    public Tensor Mask { get; }

    /// <summary>[S] positions in the flattened [R, T-1] whose next token is a completion token, chosen rows first.</summary>
    public Tensor Scored { get; }

    /// <summary>[S] ids of those next tokens.</summary>
    public Tensor Labels { get; }

    /// <summary>How many of <see cref="Scored"/> belong to chosen rows.</summary>
    public int ChosenScored { get; }

    public int TokenCount { get; }

    public static PairBatch Of(IReadOnlyList<TrainingPair> pairs, int pad) => new(pairs, pad);

    public void Dispose()
    {
        foreach (var owned in new[] { Tokens, Mask, Scored, Labels }) owned.Dispose();
    }
}
