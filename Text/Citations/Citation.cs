// A citation in a model's answer: a span of the text and the passages that support it. Data only.
using System.Collections.Immutable;

namespace Majlis.Text.Citations;

/// <summary>One result of one call, both counted from 0. A request's documents are the results of call 0.</summary>
public readonly record struct CitedPassage(int Call, int Passage);

/// <param name="Start">Where the span begins in the text without marks, in Unicode code points.</param>
/// <param name="End">Where it ends, exclusive.</param>
/// <param name="Passages">At least one; none twice.</param>
public sealed record Citation(int Start, int End, string Text, ImmutableArray<CitedPassage> Passages);
