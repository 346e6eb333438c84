// A regular expression's parse tree. Knows neither its notation nor how it is compiled.
using Majlis.Inference.Grammars.Characters;

namespace Majlis.Inference.Grammars.Patterns;

abstract record PatternPart
{
    /// <summary>This part and all parts in it.</summary>
    public IEnumerable<PatternPart> All => Inner.SelectMany(part => part.All).Prepend(this);

    protected virtual IEnumerable<PatternPart> Inner => [];
}

/// <summary>One character of a set.</summary>
sealed record OneOf(CharacterSet Characters) : PatternPart;

sealed record InOrder(IReadOnlyList<PatternPart> Parts) : PatternPart
{
    protected override IEnumerable<PatternPart> Inner => Parts;
}

sealed record AnyOf(IReadOnlyList<PatternPart> Parts) : PatternPart
{
    protected override IEnumerable<PatternPart> Inner => Parts;
}

/// <summary>From Least to Most times; without an upper bound where that is null.</summary>
sealed record Repeated(PatternPart Part, int Least, int? Most) : PatternPart
{
    protected override IEnumerable<PatternPart> Inner => [Part];
}

/// <summary>The start or the end of the text.</summary>
sealed record Edge(bool IsStart) : PatternPart;

/// <summary>What follows begins with the part, or does not.</summary>
sealed record LookAhead(PatternPart Part, bool IsNegative) : PatternPart
{
    protected override IEnumerable<PatternPart> Inner => [Part];
}
