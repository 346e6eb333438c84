// The bytes with which texts of an expression may begin, seen from its parts alone: what need not be tried. Knows no expression's kind.
namespace Majlis.Inference.Grammars;

/// <param name="Bytes">All first bytes, and perhaps others.</param>
/// <param name="IsOpen">The empty text may belong to it, so that in a sequence the next part may begin, too.</param>
readonly record struct Beginning(ByteSet Bytes, bool IsOpen)
{
    /// <summary>Nothing is known.</summary>
    public static Beginning Any { get; } = new(ByteSet.All, IsOpen: true);

    /// <summary>Digits and a point.</summary>
    public static Beginning Number { get; } = new(ByteSet.Range('0', '9') | ByteSet.Of((byte)'.'), IsOpen: true);

    public Beginning Then(Beginning next) => IsOpen ? new(Bytes | next.Bytes, next.IsOpen) : this;

    public static Beginning Either(Node[] parts)
    {
        var (bytes, isOpen) = (default(ByteSet), false);
        foreach (var part in parts) (bytes, isOpen) = (bytes | part.Begins.Bytes, isOpen || part.Begins.IsOpen);
        return new(bytes, isOpen);
    }

    public static Beginning Both(Node[] parts)
    {
        var (bytes, isOpen) = (ByteSet.All, true);
        foreach (var part in parts) (bytes, isOpen) = (bytes & part.Begins.Bytes, isOpen && part.Begins.IsOpen);
        return new(bytes, isOpen);
    }
}
