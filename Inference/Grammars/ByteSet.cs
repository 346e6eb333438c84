// A set of byte values. Knows no characters.
namespace Majlis.Inference.Grammars;

readonly record struct ByteSet(UInt128 Low, UInt128 High)
{
    public static ByteSet All { get; } = new(UInt128.MaxValue, UInt128.MaxValue);

    public bool IsEmpty => Low == 0 && High == 0;

    public static ByteSet Of(byte value) =>
        value < 128 ? new(UInt128.One << value, 0) : new(0, UInt128.One << (value - 128));

    /// <summary>Both ends are in the set.</summary>
    public static ByteSet Range(int first, int last)
    {
        var set = default(ByteSet);
        for (var value = first; value <= last; value++) set |= Of((byte)value);
        return set;
    }

    public bool Contains(byte value) => ((value < 128 ? Low >> value : High >> (value - 128)) & 1) != 0;

    public static ByteSet operator |(ByteSet one, ByteSet other) => new(one.Low | other.Low, one.High | other.High);

    public static ByteSet operator &(ByteSet one, ByteSet other) => new(one.Low & other.Low, one.High & other.High);

    public static ByteSet operator ~(ByteSet set) => new(~set.Low, ~set.High);
}
