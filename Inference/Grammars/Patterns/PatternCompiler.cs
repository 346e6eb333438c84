// Compiles a pattern to an expression over bytes. Every part is compiled together with what follows it, so that an anchor or a look ahead
// is a condition on the rest of the text. Knows no notation.
using Majlis.Inference.Grammars.Characters;

namespace Majlis.Inference.Grammars.Patterns;

sealed class PatternCompiler(Spelling spelling)
{
    /// <summary>Whether the start of the text is here: certainly, certainly not, or it depends.</summary>
    enum Place { Start, Later, Unknown }

    // ECMAScript's line ends.
    static readonly CharacterSet noLineEnd = CharacterSet.Of(('\n', '\n'), ('\r', '\r'), (0x2028, 0x2029)).Not();

    readonly NodeTable table = spelling.Table;

    /// <summary>The texts that match from start to end.</summary>
    /// <exception cref="GrammarException">It is no pattern, or has an unsupported construct.</exception>
    public Node Whole(string pattern)
    {
        var part = PatternReader.Read(pattern, CharacterSet.One('\n').Not());
        return Compile(part, table.Empty, Place.Start);
    }

    /// <summary>The texts that hold a match anywhere, as JSON Schema reads patterns.</summary>
    /// <exception cref="GrammarException">It is no pattern, or has an unsupported construct.</exception>
    public Node Search(string pattern)
    {
        var part = PatternReader.Read(pattern, noLineEnd);
        var any = table.Repeat(spelling.Any, 0, null);
        if (!part.HasStart) return table.Sequence(any, Compile(part, any, Place.Later));
        return table.Alternation(Compile(part, any, Place.Start),
            table.Sequence(table.Repeat(spelling.Any, 1, null), Compile(part, any, Place.Later)));
    }

    Node Compile(PatternPart part, Node after, Place place) => part switch
    {
        OneOf one => table.Sequence(spelling.Of(one.Characters), after),
        InOrder inOrder => Compile(inOrder.Parts, after, place),
        AnyOf { LooksAround: true } anyOf => table.Alternation(anyOf.Parts.Select(branch => Compile(branch, after, place))),
        AnyOf anyOf => table.Sequence(table.Alternation(anyOf.Parts.Select(branch => Compile(branch, table.Empty, place))), after),
        Repeated repeated => Compile(repeated, after),
        Edge { IsStart: true } => place switch
        {
            Place.Start => after,
            Place.Later => table.Nothing,
            _ => throw new GrammarException("A pattern has '^' behind something that may be empty; that is not supported."),
        },
        Edge => after.IsNullable ? table.Empty : table.Nothing,
        LookAhead look => Compile(look, after, place),
        _ => throw new ArgumentOutOfRangeException(nameof(part)),
    };

    Node Compile(IReadOnlyList<PatternPart> parts, Node after, Place place)
    {
        var places = new Place[parts.Count];
        for (var i = 0; i < parts.Count; i++)
        {
            places[i] = place;
            if (parts[i] is Edge or LookAhead || place == Place.Later) continue;
            place = CanBeEmpty(parts[i]) ? Place.Unknown : Place.Later;
        }
        for (var i = parts.Count - 1; i >= 0; i--) after = Compile(parts[i], after, places[i]);
        return after;
    }

    Node Compile(Repeated repeated, Node after)
    {
        if (repeated.LooksAround)
            throw new GrammarException("A pattern repeats a group with an anchor or a look ahead; that is not supported.");
        return table.Sequence(table.Repeat(Compile(repeated.Part, table.Empty, Place.Later), repeated.Least, repeated.Most), after);
    }

    Node Compile(LookAhead look, Node after, Place place)
    {
        var any = table.Repeat(spelling.Any, 0, null);
        var seen = Compile(look.Part, any, place);
        return table.Both(after, look.IsNegative ? table.Not(seen) : seen);
    }

    static bool CanBeEmpty(PatternPart part) => part switch
    {
        OneOf => false,
        InOrder inOrder => inOrder.Parts.All(CanBeEmpty),
        AnyOf anyOf => anyOf.Parts.Any(CanBeEmpty),
        Repeated repeated => repeated.Least == 0 || CanBeEmpty(repeated.Part),
        _ => true,
    };
}
