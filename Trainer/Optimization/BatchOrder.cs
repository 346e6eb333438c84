// Which items form which micro-batch of which step: a pure function of seed, counts and step. Knows no items.
namespace Majlis.Trainer.Optimization;

/// <summary>
/// An epoch is cut into micro-batches and those into steps. Its last step may have fewer micro-batches, and the last of them fewer items.
/// </summary>
public sealed record BatchOrder(int Items, int BatchItems, int Accumulation, int Seed, bool Shuffle)
{
    int MicroBatches => (Items + BatchItems - 1) / BatchItems;

    public int StepsPerEpoch => (MicroBatches + Accumulation - 1) / Accumulation;

    /// <summary>The micro-batches (item indices) of a step, counted from 0 over all epochs.</summary>
    public IReadOnlyList<int[]> Step(int step)
    {
        var order = Epoch(step / StepsPerEpoch);
        var first = step % StepsPerEpoch * Accumulation;
        return [.. order.Chunk(BatchItems).Skip(first).Take(Accumulation)];
    }

    /// <summary>Epochs after <paramref name="steps"/> steps, as transformers counts them.</summary>
    public double Epochs(int steps)
    {
        var (whole, rest) = Math.DivRem(steps, StepsPerEpoch);
        return whole + rest * Accumulation / (double)MicroBatches;
    }

    int[] Epoch(int epoch)
    {
        int[] order = [.. Enumerable.Range(0, Items)];
        if (Shuffle) new Random(unchecked(Seed * 1_000_003 + epoch)).Shuffle(order);
        return order;
    }
}
