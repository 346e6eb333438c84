// A set of byte values. Knows no characters.
using System.Runtime.Intrinsics;

namespace Majlis.Inference.Grammars;

/// <param name="Bits">A bit for each byte.</param>
readonly record struct ByteSet(Vector256<ulong> Bits)
{
    public static ByteSet All { get; } = new(Vector256<ulong>.AllBitsSet);

    public bool IsEmpty => Bits == Vector256<ulong>.Zero;

    public static ByteSet Of(byte value) => new(Vector256<ulong>.Zero.WithElement(value >> 6, 1ul << value));

    /// <summary>Both ends are in the set.</summary>
    public static ByteSet Range(int first, int last)
    {
        var set = default(ByteSet);
        for (var value = first; value <= last; value++) set |= Of((byte)value);
        return set;
    }

    public bool Contains(byte value) => (Bits.GetElement(value >> 6) >> value & 1) != 0;

    public static ByteSet operator |(ByteSet one, ByteSet other) => new(one.Bits | other.Bits);

    public static ByteSet operator &(ByteSet one, ByteSet other) => new(one.Bits & other.Bits);

    public static ByteSet operator ~(ByteSet set) => new(~set.Bits);
}
