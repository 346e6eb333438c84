// The expressions that grammars are made of: sets of byte strings, as a regular expression with intersection, complement and rules that
// may call themselves. A parser's state is such an expression, too: what may still follow. Equal expressions are one object, see NodeTable.
using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Majlis.Inference.Grammars;

abstract class Node(int shape, Beginning begins, bool isRegular, bool isFinite, bool holdsConditions = false, bool holdsBounds = false)
{
    bool? nullable;
    Followers followers;

    /// <summary>A hash of the kind and the parts.</summary>
    public int Shape => shape;

    public Beginning Begins => begins;

    /// <summary>Unique within a table; parts of an alternation are in this order.</summary>
    public int Id { get; set; }

    /// <summary>No rule occurs in it.</summary>
    public bool IsRegular => isRegular;

    /// <summary>Its texts are of bounded length; false where that is not seen at once.</summary>
    public bool IsFinite => isFinite;

    /// <summary>It may be empty of texts without looking so: in all its alternatives are intersections or complements.</summary>
    public bool HoldsConditions => holdsConditions;

    /// <summary>A repetition with an upper bound is in it, outside of complements and rules.</summary>
    public bool HoldsBounds => holdsBounds;

    /// <summary>
    /// The empty text belongs to it. Only after <see cref="Nullability"/> where rules occur in it. <see cref="NodeTable"/> asks parts
    /// before what they are parts of, so that no question goes deep.
    /// </summary>
    public bool IsNullable => nullable ??= HasEmpty();

    /// <summary>Kept by <see cref="NodeTable"/>.</summary>
    public ref Followers Followers => ref followers;

    /// <summary>Whether any text belongs to it, once that is known; kept by <see cref="Liveness"/>.</summary>
    public bool? IsLive { get; set; }

    /// <summary>The same kind with the same parts.</summary>
    public abstract bool Is(Node other);

    protected abstract bool HasEmpty();
}

/// <summary>No text at all.</summary>
sealed class NothingNode() : Node(1, new(default, IsOpen: false), isRegular: true, isFinite: true)
{
    public override bool Is(Node other) => other is NothingNode;

    protected override bool HasEmpty() => false;
}

/// <summary>The empty text alone.</summary>
sealed class EmptyNode() : Node(2, new(default, IsOpen: true), isRegular: true, isFinite: true)
{
    public override bool Is(Node other) => other is EmptyNode;

    protected override bool HasEmpty() => true;
}

/// <summary>One byte of a set.</summary>
sealed class BytesNode(ByteSet set)
    : Node(HashCode.Combine(3, set), new(set, IsOpen: false), isRegular: true, isFinite: true)
{
    public ByteSet Set => set;

    public override bool Is(Node other) => other is BytesNode bytes && bytes.Set == set;

    protected override bool HasEmpty() => false;
}

/// <summary>One after the other. The first part is never a sequence itself.</summary>
sealed class SequenceNode(Node first, Node rest)
    : Node(Hash(first, rest), first.Begins.Then(rest.Begins), first.IsRegular && rest.IsRegular,
        first.IsFinite && rest.IsFinite, first.HoldsConditions || rest.HoldsConditions, first.HoldsBounds || rest.HoldsBounds)
{
    public static int Hash(Node first, Node rest) => HashCode.Combine(4, first.Id, rest.Id);

    public Node First => first;
    public Node Rest => rest;

    public override bool Is(Node other) => other is SequenceNode sequence && sequence.First == first && sequence.Rest == rest;

    protected override bool HasEmpty() => first.IsNullable && rest.IsNullable;
}

/// <summary>Any of several.</summary>
sealed class AlternationNode(Node[] parts) : Node(NodeTable.Hash(5, parts), Beginning.Either(parts),
    Array.TrueForAll(parts, part => part.IsRegular), Array.TrueForAll(parts, part => part.IsFinite),
    Array.TrueForAll(parts, part => part.HoldsConditions), Array.Exists(parts, part => part.HoldsBounds))
{
    public ImmutableArray<Node> Parts => ImmutableCollectionsMarshal.AsImmutableArray(parts);

    public override bool Is(Node other) => other is AlternationNode alternation && alternation.Parts.AsSpan().SequenceEqual(parts);

    protected override bool HasEmpty() => Array.Exists(parts, part => part.IsNullable);
}

/// <summary>A part from <paramref name="least"/> to <paramref name="most"/> times; without an upper bound where that is null.</summary>
sealed class RepeatNode(Node part, int least, int? most)
    : Node(HashCode.Combine(6, part.Id, least, most), new(part.Begins.Bytes, least == 0 || part.Begins.IsOpen), part.IsRegular,
        most is not null && part.IsFinite, part.HoldsConditions, most is not null || part.HoldsBounds)
{
    public Node Part => part;
    public int Least => least;
    public int? Most => most;

    public override bool Is(Node other) =>
        other is RepeatNode repeat && repeat.Part == part && repeat.Least == least && repeat.Most == most;

    protected override bool HasEmpty() => least == 0 || part.IsNullable;
}

/// <summary>The texts that belong to all parts. The parts are regular.</summary>
sealed class BothNode(Node[] parts) : Node(NodeTable.Hash(7, parts), Beginning.Both(parts), isRegular: true,
    Array.Exists(parts, part => part.IsFinite), holdsConditions: true, Array.Exists(parts, part => part.HoldsBounds))
{
    public ImmutableArray<Node> Parts => ImmutableCollectionsMarshal.AsImmutableArray(parts);

    public override bool Is(Node other) => other is BothNode both && both.Parts.AsSpan().SequenceEqual(parts);

    protected override bool HasEmpty() => Array.TrueForAll(parts, part => part.IsNullable);
}

/// <summary>All byte strings that do not belong to a regular part.</summary>
sealed class NotNode(Node part)
    : Node(HashCode.Combine(8, part.Id), Beginning.Any, isRegular: true, isFinite: false, holdsConditions: true)
{
    public Node Part => part;

    public override bool Is(Node other) => other is NotNode not && not.Part == part;

    protected override bool HasEmpty() => !part.IsNullable;
}

/// <summary>Decimal digits, perhaps with a fraction, whose value is a multiple of modulus / 10^scale.</summary>
/// <param name="remainder">Of the digits so far, as a whole number.</param>
/// <param name="fraction">Digits of the fraction so far; -1 before the point.</param>
sealed class MultipleNode(int modulus, int scale, int remainder, int fraction)
    : Node(HashCode.Combine(9, modulus, scale, remainder, fraction), Beginning.Number, isRegular: true, isFinite: false,
        holdsConditions: true)
{
    public int Modulus => modulus;
    public int Scale => scale;
    public int Remainder => remainder;
    public int Fraction => fraction;

    public override bool Is(Node other) => other is MultipleNode multiple
        && (multiple.Modulus, multiple.Scale, multiple.Remainder, multiple.Fraction) == (modulus, scale, remainder, fraction);

    protected override bool HasEmpty()
    {
        var rest = (long)remainder;
        for (var digits = Math.Max(0, fraction); digits < scale; digits++) rest = rest * 10 % modulus;
        return rest == 0;
    }
}

/// <summary>A call of a rule; every rule is one object, and its body may be set after calls were made.</summary>
/// <param name="number">Unique within a table.</param>
sealed class RuleNode(int number, string? place) : Node(HashCode.Combine(10, number), Beginning.Any, isRegular: false, isFinite: false)
{
    /// <summary>Where its author wrote it, for messages; null where no text says.</summary>
    public string? Place { get; } = place;

    public Node? Body { get; set; }

    /// <summary>Whether the body's texts include the empty one; set by <see cref="Nullability"/>.</summary>
    public bool MayBeEmpty { get; set; }

    public override bool Is(Node other) => other == this;

    protected override bool HasEmpty() => MayBeEmpty;
}
