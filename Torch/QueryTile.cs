// Consecutive queries of one sequence, whose keys come tile by tile. Computes only the keys of a tile that its queries attend to.
// Legend: K key/value heads, G queries per key head, n queries, L keys of a tile, D head elements.
using Majlis.Model;
using TorchSharp;
using static TorchSharp.torch;

namespace Majlis.Torch;

/// <summary>heads [K, G, n, D]: queries at positions <paramref name="first"/> .. first + n - 1.</summary>
sealed class QueryTile(Tensor heads, int first, Device device)
{
    // Keys are cut to multiples of this: the matrix library prepares a new kernel for every new length.
    public const int KeyStep = 64;

    readonly Tensor rows = heads.reshape(heads.shape[0], heads.shape[1] * heads.shape[2], heads.shape[3]); // [K, G*n, D]
    readonly OnlineSoftmax softmax = new(heads.shape[0], heads.shape[1] * heads.shape[2], heads.shape[3], device);

    public int First => first;

    public int Count { get; } = (int)heads.shape[2];

    /// <summary>keys and values [K, L, D] of the tile.</summary>
    public void Add(KeyTile tile, Tensor keys, Tensor values, AttentionBlueprint a)
    {
        var (from, to) = Seen(tile, a);
        if (from >= to) return;
        using var scope = NewDisposeScope();
        var scores = rows.bmm(keys.narrow(1, from, to - from).transpose(1, 2)); // [K, G*n, L]
        if (a.SoftCap is { } cap) scores = LayerOperations.SoftCap(scores.to(ScalarType.Float32).TimesInPlace(a.Scale), cap);
        softmax.Add(scores, values.narrow(1, from, to - from),
            new TileView(Count, first, tile.First + from, a.Window, a.IsCausal, a.SoftCap is null ? a.Scale : 1));
    }

    /// <summary>[K, G*n, D] fp32</summary>
    public Tensor Mixed() => softmax.Mixed();

    // The keys of the tile that any of these queries attends to.
    (int From, int To) Seen(KeyTile tile, AttentionBlueprint a)
    {
        if (!a.IsCausal) return (0, tile.Count);
        var to = Math.Min(tile.Count, (first + Count - tile.First + KeyStep - 1) / KeyStep * KeyStep);
        var from = a.Window is { } window ? Math.Max(0, first - window + 1 - tile.First) / KeyStep * KeyStep : 0;
        return (from, to);
    }
}
