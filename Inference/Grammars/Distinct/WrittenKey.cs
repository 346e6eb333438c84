// What was written of a key, without the white space of JSON, which says nothing. A longer key shares the beginning. Knows no grammar.
namespace Majlis.Inference.Grammars.Distinct;

sealed class WrittenKey : IEquatable<WrittenKey>
{
    readonly WrittenKey? start;
    readonly byte last;
    readonly bool inString, isEscaped;

    WrittenKey()
    { }

    WrittenKey(WrittenKey start, byte last)
    {
        (this.start, this.last, Length) = (start, last, start.Length + 1);
        Shape = HashCode.Combine(start.Shape, last);
        isEscaped = start.inString && !start.isEscaped && last == '\\';
        inString = last == '"' && !start.isEscaped ? !start.inString : start.inString;
    }

    public static WrittenKey None { get; } = new();

    public int Length { get; }

    public int Shape { get; }

    public bool IsEmpty => start is null;

    /// <summary>White space outside of strings.</summary>
    public bool Ignores(byte value) => !inString && value is (byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'\r';

    public WrittenKey With(byte value) => Ignores(value) ? this : new(this, value);

    public byte[] Bytes()
    {
        var bytes = new byte[Length];
        for (var at = this; at.start is not null; at = at.start) bytes[at.Length - 1] = at.last;
        return bytes;
    }

    public bool Equals(WrittenKey? other)
    {
        if (other is null || other.Length != Length || other.Shape != Shape) return false;
        for (var (one, two) = (this, other); one != two; (one, two) = (one.start!, two.start!))
            if (one.last != two.last) return false;
        return true;
    }

    public override bool Equals(object? obj) => Equals(obj as WrittenKey);

    public override int GetHashCode() => Shape;
}
