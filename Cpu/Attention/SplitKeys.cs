// Query rows whose keys several threads share: each leaves here what the rows have of its stretches of keys, and the last one adds all of
// them up, in order, so that a row's bits do not depend on who computed what.
namespace Majlis.Cpu.Attention;

/// <summary>Part <paramref name="Index"/> of <paramref name="Count"/> of rows' keys; parts of the same rows have the same split.</summary>
readonly record struct KeyPart(int Index, int Count, int Split)
{
    /// <summary>All keys.</summary>
    public static KeyPart Whole => new(0, 1, 0);
}

/// <param name="padded">Elements from one row's results to the next.</param>
sealed unsafe class SplitKeys(int padded) : IDisposable
{
    readonly List<NativeBuffer> splits = [];
    readonly int floats = SoftmaxSums.Floats(AttentionTile.Rows, padded);
    int[] finished = [];

    /// <summary>Makes room for a split of that many stretches, before any of its parts is computed.</summary>
    public void Expect(int split, int stretches)
    {
        var bytes = (long)stretches * floats * sizeof(float);
        if (split == splits.Count)
        {
            splits.Add(new NativeBuffer(bytes));
            Array.Resize(ref finished, splits.Count);
        }
        else if (splits[split].Bytes < bytes)
        {
            splits[split].Dispose();
            // Sequences grow: not anew for each stretch.
            splits[split] = new NativeBuffer(2 * bytes);
        }
        // A step that failed may have left some.
        finished[split] = 0;
    }

    public SoftmaxSums At(int split, int stretch) => new((float*)splits[split].Start + (long)stretch * floats, padded);

    /// <summary>Whether this part is the last to finish. What the others wrote is seen after.</summary>
    public bool IsLast(KeyPart part)
    {
        if (Interlocked.Increment(ref finished[part.Split]) < part.Count) return false;
        // The next layer counts anew.
        finished[part.Split] = 0;
        return true;
    }

    public void Dispose()
    {
        foreach (var memory in splits) memory.Dispose();
    }
}
