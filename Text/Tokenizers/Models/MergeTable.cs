// Which pairs of tokens merge, how early, and into what: an open-addressed table, since it is asked for every pair of every word.
using System.Runtime.CompilerServices;

namespace Majlis.Text.Tokenizers.Models;

/// <summary>Pair of ids -> (rank, merged id). Lower ranks merge first. Read by many threads once filled.</summary>
public sealed class MergeTable
{
    readonly ulong[] keys;
    readonly (int Rank, int Id)[] values;
    readonly int shift;

    /// <summary>Different pairs.</summary>
    public int Count { get; private set; }

    public MergeTable(int capacity)
    {
        var bits = 4;
        while (1L << bits < capacity * 2L) bits++;
        keys = new ulong[1 << bits];
        values = new (int, int)[1 << bits];
        shift = 64 - bits;
        Array.Fill(keys, ulong.MaxValue);
    }

    /// <summary>A pair given twice keeps its later rank, as in the Rust library.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(int left, int right, int rank, int id)
    {
        var slot = Slot(Key(left, right));
        if (keys[slot] == ulong.MaxValue) Count++;
        keys[slot] = Key(left, right);
        values[slot] = (rank, id);
    }

    public bool TryGet(int left, int right, out int rank, out int id)
    {
        var slot = Slot(Key(left, right));
        (rank, id) = values[slot];
        return keys[slot] != ulong.MaxValue;
    }

    /// <summary>The pair's rank, or int.MaxValue when it does not merge.</summary>
    public int Rank(int left, int right)
    {
        var slot = Slot(Key(left, right));
        return keys[slot] == ulong.MaxValue ? int.MaxValue : values[slot].Rank;
    }

    static ulong Key(int left, int right) => (ulong)(uint)left << 32 | (uint)right;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    int Slot(ulong key)
    {
        var slot = (int)(key * 0x9E3779B97F4A7C15 >> shift);
        while (keys[slot] != key && keys[slot] != ulong.MaxValue) slot = slot + 1 & keys.Length - 1;
        return slot;
    }
}
