// A regular expression's parse tree, before it is compiled to steps.
namespace Majlis.Text.Tokenizers.Patterns;

abstract record PatternNode;

/// <summary>One code point of a set.</summary>
sealed record OneNode(CodePointSet Set) : PatternNode;

sealed record SequenceNode(IReadOnlyList<PatternNode> Parts) : PatternNode;

/// <summary>Tries branches in order until one lets the rest match.</summary>
sealed record ChoiceNode(IReadOnlyList<PatternNode> Branches) : PatternNode;

enum Greed { Greedy, Lazy, Possessive }

sealed record RepeatNode(PatternNode Body, int Least, int Most, Greed Greed) : PatternNode;

/// <summary>Matches without consuming; <paramref name="Width"/> is null for look-ahead, the count of code points for look-behind.</summary>
sealed record LookNode(PatternNode Body, bool Negated, int? Width) : PatternNode;

/// <summary>Matches once and is never retried.</summary>
sealed record AtomicNode(PatternNode Body) : PatternNode;

enum Anchor { LineStart, LineEnd, TextStart, TextEnd, TextEndOrLastBreak, WordEdge, NotWordEdge }

sealed record AnchorNode(Anchor Anchor) : PatternNode;
