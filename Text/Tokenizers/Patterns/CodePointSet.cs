// A set of code points as a pattern writes it, and its form for look-ups: a bit for each ASCII character, kinds beyond.
namespace Majlis.Text.Tokenizers.Patterns;

/// <summary>The set as written: kinds, ranges, and their unions, complements and intersections.</summary>
abstract record SetTerm
{
    public abstract bool Contains(int codePoint);

    /// <summary>Whether all non-ASCII code points of a kind are members; null if the kind alone does not decide.</summary>
    public abstract bool? ContainsKind(int kind);
}

sealed record KindTerm(uint Kinds) : SetTerm
{
    public override bool Contains(int codePoint) => CodePointKinds.Is(Kinds, codePoint);

    public override bool? ContainsKind(int kind) => (Kinds >> kind & 1) != 0;
}

sealed record RangeTerm(int First, int Last) : SetTerm
{
    public override bool Contains(int codePoint) => codePoint >= First && codePoint <= Last;

    public override bool? ContainsKind(int kind) => Last < 128 ? false : null;
}

/// <param name="IsAlone">It stands outside of brackets.</param>
sealed record WordTerm(bool IsAlone) : SetTerm
{
    public override bool Contains(int codePoint) => IsAlone ? CodePointKinds.IsWordAlone(codePoint) : CodePointKinds.IsWord(codePoint);

    public override bool? ContainsKind(int kind) => null;
}

sealed record NotTerm(SetTerm Inner) : SetTerm
{
    public override bool Contains(int codePoint) => !Inner.Contains(codePoint);

    public override bool? ContainsKind(int kind) => !Inner.ContainsKind(kind);
}

sealed record UnionTerm(IReadOnlyList<SetTerm> Parts) : SetTerm
{
    public override bool Contains(int codePoint) => Parts.Any(part => part.Contains(codePoint));

    public override bool? ContainsKind(int kind)
    {
        var answers = Parts.Select(part => part.ContainsKind(kind)).ToList();
        return answers.Contains(true) ? true : answers.Contains(null) ? null : false;
    }
}

sealed record IntersectionTerm(SetTerm Left, SetTerm Right) : SetTerm
{
    public override bool Contains(int codePoint) => Left.Contains(codePoint) && Right.Contains(codePoint);

    public override bool? ContainsKind(int kind) => Left.ContainsKind(kind) & Right.ContainsKind(kind);
}

/// <summary>Ignores case by simple case folding: compares the lower case of the upper case.</summary>
sealed record FoldedTerm(SetTerm Inner) : SetTerm
{
    public override bool Contains(int codePoint) => Variants(codePoint).Any(Inner.Contains);

    public override bool? ContainsKind(int kind) => null;

    static IEnumerable<int> Variants(int codePoint) => codePoint switch
    {
        // Missing from .NET's invariant pairs: the long s and the Kelvin and Angstrom signs.
        'S' or 's' or 0x17F => ['S', 's', 0x17F],
        'K' or 'k' or 0x212A => ['K', 'k', 0x212A],
        0xC5 or 0xE5 or 0x212B => [0xC5, 0xE5, 0x212B],
        _ => [codePoint, Cases.Lower(codePoint), Cases.Upper(codePoint)],
    };
}

/// <summary>A set ready for look-ups.</summary>
sealed class CodePointSet
{
    readonly ulong low;
    readonly ulong high;
    readonly uint kinds;
    readonly SetTerm? exact;

    public CodePointSet(SetTerm term)
    {
        for (var i = 0; i < 64; i++)
        {
            if (term.Contains(i)) low |= 1ul << i;
            if (term.Contains(i + 64)) high |= 1ul << i;
        }
        for (var kind = 0; kind < 31; kind++)
        {
            if (term.ContainsKind(kind) is not { } inside) exact = term;
            else if (inside) kinds |= 1u << kind;
        }
    }

    public bool Contains(int codePoint) => codePoint < 64 ? (low >> codePoint & 1) != 0
        : codePoint < 128 ? (high >> codePoint & 1) != 0
        : exact is null ? (kinds >> CodePointKinds.Of(codePoint) & 1) != 0
        : exact.Contains(codePoint);

    /// <summary>Whether a non-ASCII code point of this kind may be a member.</summary>
    public bool MayContainKind(int kind) => exact is not null || (kinds >> kind & 1) != 0;
}
