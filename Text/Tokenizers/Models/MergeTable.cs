// The merges: which pairs of tokens merge, at which rank, into which token. Open-addressed, since every pair of every word is looked up.
using System.Runtime.CompilerServices;

namespace Majlis.Text.Tokenizers.Models;

/// <summary>Pair of ids -> (rank, merged id). Lower ranks merge first. Many threads may read it once it is filled.</summary>
public sealed class MergeTable
{
    readonly ulong[] keys;
    readonly (int Rank, int Id)[] values;
    readonly int shift;

    /// <summary>The number of different pairs.</summary>
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

    /// <summary>Adds a pair; for a duplicate the later rank counts, as in the Rust library.</summary>
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

    /// <summary>The pair's rank, or int.MaxValue if it does not merge.</summary>
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
