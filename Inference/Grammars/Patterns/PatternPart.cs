// A regular expression's parse tree. Knows neither its notation nor how it is compiled.
using Majlis.Inference.Grammars.Characters;

namespace Majlis.Inference.Grammars.Patterns;

/// <param name="LooksAround">There is an anchor or a look ahead in it.</param>
/// <param name="HasStart">There is an anchor at the start of the text in it.</param>
abstract record PatternPart(bool LooksAround, bool HasStart)
{
    protected PatternPart(IReadOnlyList<PatternPart> inner)
        : this(inner.Any(part => part.LooksAround), inner.Any(part => part.HasStart)) { }
}

/// <summary>One character of a set.</summary>
sealed record OneOf(CharacterSet Characters) : PatternPart(LooksAround: false, HasStart: false);

sealed record InOrder(IReadOnlyList<PatternPart> Parts) : PatternPart(Parts);

sealed record AnyOf(IReadOnlyList<PatternPart> Parts) : PatternPart(Parts);

/// <summary>From Least to Most times; without an upper bound where that is null.</summary>
sealed record Repeated(PatternPart Part, int Least, int? Most) : PatternPart(Part.LooksAround, Part.HasStart);

/// <summary>The start or the end of the text.</summary>
sealed record Edge(bool IsStart) : PatternPart(LooksAround: true, IsStart);

/// <summary>What follows begins with the part, or does not.</summary>
sealed record LookAhead(PatternPart Part, bool IsNegative) : PatternPart(LooksAround: true, Part.HasStart);
