// Bytes that a grammar never tells apart form a class: what follows one follows all of them. Knows only sets of bytes.
namespace Majlis.Inference.Grammars;

sealed class ByteClasses
{
    readonly byte[] classes = new byte[256];
    readonly List<byte> members = [0];

    public ByteClasses()
    {
        // Numbers are counted with, so digits stay apart.
        for (var digit = '0'; digit <= '9'; digit++) Refine(ByteSet.Of((byte)digit));
        Refine(ByteSet.Of((byte)'.'));
    }

    public int Count => members.Count;

    /// <summary>One byte of each class.</summary>
    public IReadOnlyList<byte> Members => members;

    public int Of(byte value) => classes[value];

    /// <summary>The class holds one byte.</summary>
    public bool IsSingle(int index) => classes.AsSpan().Count((byte)index) == 1;

    /// <summary>Parts each class into what lies in the set and what does not; false where that changes nothing.</summary>
    public bool Refine(ByteSet set)
    {
        var before = members.Count;
        var parted = new Dictionary<byte, byte>();
        for (var value = 0; value < 256; value++)
        {
            var old = classes[value];
            if (set.Contains((byte)value) == set.Contains(members[old])) continue;
            if (parted.TryAdd(old, (byte)members.Count)) members.Add((byte)value);
            classes[value] = parted[old];
        }
        return members.Count > before;
    }
}
