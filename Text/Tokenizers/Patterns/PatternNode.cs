// A regular expression's parse tree: what the pattern says, before it is turned into steps.
namespace Majlis.Text.Tokenizers.Patterns;

abstract record PatternNode;

/// <summary>One code point of a set.</summary>
sealed record OneNode(CodePointSet Set) : PatternNode;

sealed record SequenceNode(IReadOnlyList<PatternNode> Parts) : PatternNode;

/// <summary>The first branch that lets the rest match.</summary>
sealed record ChoiceNode(IReadOnlyList<PatternNode> Branches) : PatternNode;

enum Greed { Greedy, Lazy, Possessive }

sealed record RepeatNode(PatternNode Body, int Least, int Most, Greed Greed) : PatternNode;

/// <summary>Matches without consuming; <paramref name="Width"/> is null ahead and the number of code points behind.</summary>
sealed record LookNode(PatternNode Body, bool Negated, int? Width) : PatternNode;

/// <summary>Matched once and never reconsidered.</summary>
sealed record AtomicNode(PatternNode Body) : PatternNode;

enum Anchor { LineStart, LineEnd, TextStart, TextEnd, TextEndOrLastBreak, WordEdge, NotWordEdge }

sealed record AnchorNode(Anchor Anchor) : PatternNode;
