// The parts of a pattern. Data only.
namespace Majlis.recipes.starter.Grammar;

abstract record Part;

sealed record WordsPart(string Text) : Part;

sealed record SlotPart(string Name) : Part;

/// <summary>One of two wordings, as the slot's gender wants it.</summary>
sealed record AgreeingPart(string Name, List<Part> Masculine, List<Part> Feminine) : Part;

sealed record ChoicePart(List<List<Part>> Branches) : Part;
